using FaceVault.Storage;

namespace FaceVault.Tests.Histories;

/// <summary>A template store's place on a disk that fails on demand.</summary>
internal sealed class FaultyTemplateStoreLocation(ITemplateStoreLocation inner, StoreFaults faults) : ITemplateStoreLocation
{
    public bool Exists => inner.Exists;

    public ITemplateStore Create() => new Store(this, Step(StoreStep.Create, inner.Create));

    public ITemplateStore Open() => new Store(this, Step(StoreStep.Open, inner.Open));

    public ITemplateReader OpenReader() => new Reader(this, Step(StoreStep.OpenReader, inner.OpenReader));

    private T Step<T>(StoreStep step, Func<T> act)
    {
        StoreFaultMoment fault = faults.Next(step);
        if (fault is StoreFaultMoment.Before or StoreFaultMoment.During or StoreFaultMoment.Zombie)
            throw Error.StoreFailed(StoreNoun.TemplateStore);
        T result = act();
        return fault == StoreFaultMoment.None ? result : throw Error.StoreFailed(StoreNoun.TemplateStore);
    }

    private class Reader(FaultyTemplateStoreLocation place, ITemplateReader inner) : ITemplateReader
    {
        protected FaultyTemplateStoreLocation Place => place;

        public void Scan(uint fromSlot, uint toSlot, TemplateVisitor visitor) => place.Step(StoreStep.Read, () =>
        {
            inner.Scan(fromSlot, toSlot, visitor);
            return true;
        });

        public void Dispose() => inner.Dispose();
    }

    private sealed class Store(FaultyTemplateStoreLocation place, ITemplateStore inner) : Reader(place, inner), ITemplateStore
    {
        public void Append(IReadOnlyList<TemplateRow> rows) => Place.Step(StoreStep.Append, () =>
        {
            inner.Append(rows);
            return true;
        });

        public long DeleteSlots(IReadOnlyList<uint> slots) => Place.Step(StoreStep.Delete, () => inner.DeleteSlots(slots));

        public long DeleteOrdinals(uint slot, ushort fromOrdinal, ushort toOrdinal) => Place.Step(StoreStep.Delete, () => inner.DeleteOrdinals(slot, fromOrdinal, toOrdinal));

        public long DeleteBelow(IReadOnlyList<(uint Slot, ushort Ordinal)> firsts) => Place.Step(StoreStep.Delete, () => inner.DeleteBelow(firsts));

        public long DeleteFrom(uint slot) => Place.Step(StoreStep.Delete, () => inner.DeleteFrom(slot));

        public void Checkpoint() => Place.Step(StoreStep.Checkpoint, () =>
        {
            inner.Checkpoint();
            return true;
        });
    }
}
