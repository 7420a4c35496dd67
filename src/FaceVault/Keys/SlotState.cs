namespace FaceVault.Keys;

/// <summary>What a slot's entry says. Stops live in the crown's work list, not here.</summary>
internal enum SlotState : byte
{
    /// <summary>Never granted, or granted and wholly gone.</summary>
    Empty = 0,

    /// <summary>Both keys live.</summary>
    Active = 1,

    /// <summary>Both keys live, every use but storage is refused: it was restricted on request, or stopped under a hold. When its destruction may begin it stands in the work list.</summary>
    Restricted = 2,

    /// <summary>The template key is gone, the evidence key lives.</summary>
    Shredded = 3,
}
