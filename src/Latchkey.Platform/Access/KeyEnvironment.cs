namespace Latchkey.Platform.Access;

/// <summary>Production and sandbox see nothing of each other; what sandbox keys make is deleted after 24 hours.</summary>
public enum KeyEnvironment
{
    Production = 0,
    Sandbox = 1,
}
