using System.Collections.Concurrent;

namespace Latchkey.Video.Ffmpeg;

/// <summary>
/// The one thread that starts child processes. Linux sends a child its parent-death signal when the <em>thread</em> that started it ends
/// (prctl(2), PR_SET_PDEATHSIG), and threads of the pool come and go; this one lasts as long as the process.
/// </summary>
internal static class ProcessThread
{
    private static readonly BlockingCollection<Action> Work = [];

    static ProcessThread() =>
        new Thread(() =>
        {
            foreach (var action in Work.GetConsumingEnumerable())
            {
                action();
            }
        })
        {
            IsBackground = true,
            Name = "process-starter",
        }.Start();

    public static Task<T> RunAsync<T>(Func<T> start)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);

        Work.Add(() =>
        {
            try
            {
                result.SetResult(start());
            }
            catch (Exception exception)
            {
                result.SetException(exception);
            }
        });

        return result.Task;
    }
}
