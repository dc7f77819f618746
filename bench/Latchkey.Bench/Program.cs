using Latchkey.Bench;
using Latchkey.Bench.Generation;
using Latchkey.Bench.Vpn;

if (args is not [var root, .. var options])
{
    Console.Error.WriteLine("Run bench/run.");
    return 2;
}

var folder = Path.Combine(root, "artifacts", "bench");
var sources = new Sources(Path.Combine(folder, "sources"));
var full = options.Contains("--full");
var words = options.Where(option => !option.StartsWith("--", StringComparison.Ordinal)).ToList();
var table = new Table();

foreach (var (name, row) in Rows.All(sources, full))
{
    if (!IsWanted(name))
        continue;

    Console.Error.WriteLine($"{name} …");

    // A server and a data folder of its own for each row: what one leaves to do must not weigh on the next.
    await using var server = await Server.StartAsync(Path.Combine(root, "artifacts", "publish", "latchkey"), folder);
    table.Add(name, await row(server));
}

foreach (var (name, row) in VpnRows.All(full).Concat(GenerationRows.All(root, folder, full)).Where(one => IsWanted(one.Name)))
{
    Console.Error.WriteLine($"{name} …");
    table.Add(name, await row());
}

Console.WriteLine(table);
return table.IsReached ? 0 : 1;

bool IsWanted(string name) => words.Count == 0 || words.Exists(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
