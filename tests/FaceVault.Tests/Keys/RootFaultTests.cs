using System.Security.Cryptography;
using FaceVault.Cryptography;
using FaceVault.Keys;
using FsCheck;
using FsCheck.Fluent;

namespace FaceVault.Tests.Keys;

/// <summary>Writes and flushes fail, the process is killed, the machine starts again: what a verb answered holds, what it did not answer is the old state or the new one.</summary>
[Trait("Claim", "E3")]
[Trait("Claim", "E4")]
public sealed class RootFaultTests
{
    private static readonly byte[] Vault = SHA256.HashData("vault"u8)[..16];

    private enum Verb
    {
        Stage,
        Promote,
        Discard,
        RecordHead,
    }

    private enum Ending
    {
        None,
        KillProcess,
        Restart,
    }

    [Fact]
    public void Every_single_failure_of_every_verb_leaves_the_old_state_or_the_new_one()
    {
        foreach (Verb verb in Enum.GetValues<Verb>())
        {
            foreach (RootFault fault in new[] { RootFault.Refused, RootFault.Torn, RootFault.AnswerLost })
            {
                for (int operation = 1; operation <= 2 * RootVolume.Attempts; operation++)
                {
                    foreach (bool lasts in new[] { false, true })
                    {
                        foreach (Ending ending in new[] { Ending.KillProcess, Ending.Restart })
                        {
                            Step[] steps = [.. Before(verb).Select(v => new Step(v, 0, RootFault.None, false, Ending.None)), new Step(verb, operation, fault, lasts, ending)];
                            new History().Run(steps);
                        }
                    }
                }
            }
        }
    }

    [Fact]
    public void Random_histories_of_failures_never_lose_the_last_key_and_never_bring_a_dead_one_back()
    {
        Gen<Step> step =
            from verb in Gen.Elements(Enum.GetValues<Verb>())
            from operation in Gen.Frequency((3, Gen.Constant(0)), (2, Gen.Choose(1, 7)))
            from fault in Gen.Elements(RootFault.Refused, RootFault.Torn, RootFault.AnswerLost)
            from lasts in Gen.Elements(true, false)
            from ending in Gen.Frequency((4, Gen.Constant(Ending.None)), (1, Gen.Constant(Ending.KillProcess)), (1, Gen.Constant(Ending.Restart)))
            select new Step(verb, operation, fault, lasts, ending);
        Prop.ForAll(step.ArrayOf(25).ToArbitrary(), steps => new History().Run(steps)).Check(Deep.Config(40));
    }

    [Fact]
    public void A_creation_that_fails_anywhere_can_be_done_again()
    {
        foreach (RootFault fault in new[] { RootFault.Refused, RootFault.Torn, RootFault.AnswerLost })
        {
            for (int operation = 1; operation <= 6; operation++)
            {
                using var medium = new InMemoryRootMedium();
                using (var store = new InMemoryRootKeyStore(medium))
                {
                    medium.FailAt(operation, fault);
                    Assert.Equal(VaultErrorCode.RootKeyFailed, Assert.Throws<VaultException>(() => store.Locations[0].Create(Record(1))).Code);
                }

                medium.Restart();
                using var again = new InMemoryRootKeyStore(medium);
                again.Locations[0].Create(Record(2));
                using RootReading reading = again.Locations[0].Read();
                Assert.Equal(2ul, Assert.Single(reading.Records).KeyId);
            }
        }
    }

    private static Verb[] Before(Verb verb) => verb is Verb.Promote or Verb.Discard ? [Verb.RecordHead, Verb.Stage] : [Verb.RecordHead];

    private static RootRecord Record(ulong number) => new(number, (long)number, Vault, Vault, SHA256.HashData([(byte)number]));

    private static RootHead Head(long commit) => new(Vault, 1, commit, 1, commit, SHA256.HashData([(byte)commit]));

    private sealed record Step(Verb Verb, int FailAt, RootFault Fault, bool Lasts, Ending Ending);

    /// <summary>Drives a location as the vault would, and knows what it was promised.</summary>
    private sealed class History
    {
        private ulong living = 1;
        private ulong? staged;
        private bool stagedIsPromised;
        private ulong last = 1;
        private long head;
        private long? headMayBe;
        private bool isWiped = true;

        public void Run(Step[] steps)
        {
            using var medium = new InMemoryRootMedium();
            var store = new InMemoryRootKeyStore(medium);
            store.Locations[0].Create(Record(1));
            foreach (Step step in steps)
            {
                if (step.FailAt > 0)
                    medium.FailAt(step.FailAt, step.Fault, step.Lasts);
                bool isDone = Do(step.Verb, store.Locations[0], out Action promised, out Action possible);
                if (step.Ending == Ending.Restart)
                    medium.Restart();
                else
                    medium.KillProcess();
                if (step.Ending != Ending.None)
                {
                    store.Dispose();
                    store = new InMemoryRootKeyStore(medium);
                }

                Assert.True(store.Locations[0].TryLock());
                (isDone ? promised : possible)();
                Compare(store.Locations[0], medium);
            }

            store.Dispose();
        }

        private bool Do(Verb verb, IRootLocation location, out Action promised, out Action possible)
        {
            promised = possible = static () => { };
            try
            {
                switch (verb)
                {
                    case Verb.Stage when staged is null:
                        ulong fresh = ++last;
                        promised = () => (staged, stagedIsPromised) = (fresh, true);
                        possible = () => (staged, stagedIsPromised, isWiped) = (fresh, false, false);
                        using (RootRecord record = Record(fresh))
                            location.Stage(record);
                        break;
                    case Verb.Promote when staged is { } next && stagedIsPromised:
                        promised = () => (living, staged, isWiped) = (next, null, true);
                        possible = () => (living, staged, stagedIsPromised, isWiped) = (next, living, false, false);
                        location.Promote(next);
                        break;
                    case Verb.Discard:
                        promised = () => (staged, isWiped) = (null, true);
                        possible = () => (stagedIsPromised, isWiped) = (false, false);
                        location.Discard(living);
                        break;
                    case Verb.RecordHead:
                        long commit = head + 1;
                        promised = () => head = commit;
                        possible = () => headMayBe = commit;
                        location.RecordHead(Head(commit));
                        break;
                }

                return true;
            }
            catch (VaultException e) when (e.Code == VaultErrorCode.RootKeyFailed)
            {
                return false;
            }
        }

        private void Compare(IRootLocation location, InMemoryRootMedium medium)
        {
            using RootReading reading = location.Read();
            ulong[] found = [.. reading.Records.Select(r => r.KeyId).Order()];
            Assert.Contains(living, found);
            Assert.Empty(found.Except(staged is { } s ? [living, s] : [living]));
            Assert.All(reading.Records, r => Assert.Equal(SHA256.HashData([(byte)r.KeyId]), r.DangerousKey.ToArray()));
            if (staged is { } other)
            {
                if (stagedIsPromised)
                    Assert.Contains(other, found);
                else if (!found.Contains(other))
                    staged = null;
            }
            else if (isWiped)
            {
                // what promote and discard answered is durable: the other area is zero on the medium, too
                AssertOneAreaIsZero(medium);
            }

            Assert.True(reading.Head!.Commit == head || reading.Head.Commit == headMayBe, $"head {reading.Head.Commit}, promised {head}");
            head = reading.Head.Commit;
            headMayBe = null;
        }

        private static void AssertOneAreaIsZero(InMemoryRootMedium medium)
        {
            using SecretBuffer snapshot = medium.Snapshot()!;
            ReadOnlySpan<byte> bytes = snapshot.DangerousBytes;
            bool isOneZero = !bytes.Slice((int)RootVolume.AreaOffset(0), RootRecordCodec.Size).ContainsAnyExcept((byte)0)
                || !bytes.Slice((int)RootVolume.AreaOffset(1), RootRecordCodec.Size).ContainsAnyExcept((byte)0);
            Assert.True(isOneZero);
        }
    }
}
