using System.Text;

namespace FaceVault.Tests.Commits;

/// <summary>Breadth-first over every state; the first that breaks a rule comes with a shortest run to it. Whether all can still end well is asked last.</summary>
internal static class ModelSearch
{
    /// <param name="Rule">The rule that is broken, or null when all hold.</param>
    /// <param name="States">States visited.</param>
    /// <param name="Run">The run to the broken one.</param>
    /// <param name="Rows">Rows of the recovery table that openings met.</param>
    public sealed record Finding(string? Rule, int States, string Run, IReadOnlySet<int> Rows)
    {
        public override string ToString() => Rule == null ? $"all hold: {States} states" : $"{Rule} broken after {States} states; the run:\n{Run}";
    }

    public static Finding Run(ModelOptions options, int faults, int absences, int changes = 0)
    {
        var model = new ProtocolModel(options);
        var states = new List<ModelState>();
        var seen = new HashSet<int>(new ByState(states));
        var parents = new List<int>();
        var next = new List<ModelState>();

        void Visit(in ModelState s, int parent)
        {
            states.Add(s);
            if (seen.Add(states.Count - 1))
                parents.Add(parent);
            else
                states.RemoveAt(states.Count - 1);
        }

        Visit(model.Initial(faults, absences, changes), -1);
        for (int at = 0; at < states.Count; at++)
        {
            ModelState s = states[at];
            string? broken;
            try
            {
                broken = model.Check(s);
                next.Clear();
                model.Steps(s, next);
            }
            catch (ModelViolationException violation)
            {
                broken = violation.Rule;
            }

            if (broken != null)
                return new Finding(broken, at + 1, Trace(states, parents, at), model.Rows);
            foreach (ModelState t in next)
                Visit(t, at);
        }

        for (int at = 0; at < states.Count; at++)
        {
            if (!model.IsLive(states[at]))
                return new Finding("LIVE", at + 1, Trace(states, parents, at), model.Rows);
        }

        return new Finding(null, states.Count, "", model.Rows);
    }

    private static string Trace(List<ModelState> states, List<int> parents, int at)
    {
        var run = new Stack<ModelState>();
        for (; at >= 0; at = parents[at])
            run.Push(states[at]);
        var text = new StringBuilder();
        foreach (ModelState s in run)
            text.Append("  ").Append(s).Append('\n');
        return text.ToString();
    }

    /// <summary>States by their index, so that each is held once.</summary>
    private sealed class ByState(List<ModelState> states) : IEqualityComparer<int>
    {
        public bool Equals(int x, int y) => x == y || states[x].Equals(states[y]);

        public int GetHashCode(int obj) => states[obj].GetHashCode();
    }
}
