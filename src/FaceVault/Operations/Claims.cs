namespace FaceVault.Operations;

/// <summary>What the library claims, as docs/threat-model.md lists it (T steals any number of copies of the stores, R reads the root key store as it is now besides, M reads the memory of the process), and how its tests attack it, in words.</summary>
internal static class Claims
{
    public static IReadOnlyList<(string Number, string Says, string Tested)> All { get; } =
    [
        ("E1", "T learns nothing but counts, sizes, times and order: no template, no subject or consent id, no hash of one, no ledger line", "the files of whole vaults, deleted pages included, are searched for every identifier, template, hash of an identifier and ledger line"),
        ("E2", "a ciphertext opens only as what it was sealed as: vault, slot, ordinal, consent, purpose version, model, dimensions, encoding, and under one key only", "every sealed thing is opened at every other place, and every byte of a small vault is changed, one bit after the other"),
        ("E3", "after a destroying commit R cannot read what was destroyed, however many older copies R holds", "a program written from the published formats alone keeps every copy ever made and tries to read what was destroyed, over random histories; faults are planted to see it notice"),
        ("E4", "after a crash or an I/O error anywhere, destruction has not begun, or the consent stays stopped and destruction completes at a later open; a certificate exists only when it is complete; no living subject is lost", "processes are killed, power and disks fail at every write, and a model of the protocol is searched whole"),
        ("E5", "when a withdrawal returns, M finds no key and no plaintext template of it in memory that the library manages; no result delivered later names the subject", "the memory of a process is searched for keys and templates after withdrawals; searches run while people leave"),
        ("E6", "a copy of the key store older than the last recorded head (at most one second old) does not open with today's root key store, and the error says why; nothing is written", "older copies of the key store are put in place of today's and have to be refused"),
        ("E7", "a certificate is checked by someone who has only the verifier key; any changed byte outside signature lines of unknown keys fails; under a checkpoint that somebody kept, nothing can be dropped, changed or reordered", "certificates and ledgers are changed byte by byte, and checked by a second program written from the published formats"),
        ("E8", "ledger and certificate contain no identifier and no function of one, except commitments under a 32-byte salt that dies with the evidence key", "every line and certificate of test vaults is searched for identifiers and functions of them"),
    ];
}
