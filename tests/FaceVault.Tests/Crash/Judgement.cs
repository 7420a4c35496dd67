using FaceVault.Tests.Operations;

namespace FaceVault.Tests.Crash;

/// <summary>Goes on after a crash that was not survived, so that a run tells of several.</summary>
internal sealed class Judgement
{
    private const int Most = 6;

    private readonly List<string> wrong = [];

    /// <summary>Judges what one crash has left, and says at which it was when something is wrong.</summary>
    public async Task AddAsync(string what, Func<Task> check)
    {
        try
        {
            await check();
        }
        catch (Exception failure)
        {
            wrong.Add($"{what}: {failure.GetType().Name}: {failure.Message}\n{failure.StackTrace}");
            if (wrong.Count == Most)
                AssertNothingWrong();
        }
    }

    public void AssertNothingWrong()
    {
        if (wrong.Count > 0)
            throw new WrongException(string.Join("\n\n", wrong), new InvalidOperationException("See above."));
    }
}
