using System.Globalization;

namespace FaceVault.Cli.Input;

/// <summary>
/// The header of a NumPy file: a Python dictionary literal with exactly <c>descr</c>, <c>fortran_order</c> and <c>shape</c>,
/// for example <c>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (6398, 512), }</c>, padded with spaces and ended by LF.
/// </summary>
internal readonly record struct NpyHeader(string Descr, bool FortranOrder, long[] Shape)
{
    /// <summary>Reads the literal; <see langword="null"/> and a reason when it is anything else.</summary>
    public static NpyHeader? Parse(string text, out string why)
    {
        string? descr = null;
        bool? fortran = null;
        long[]? shape = null;
        var at = new Cursor(text);
        why = "its header is not the dictionary that NumPy writes";
        if (!at.Take('{'))
            return null;
        while (!at.Take('}'))
        {
            string? key = at.Quoted();
            if (key is null || !at.Take(':'))
                return null;
            switch (key)
            {
                case "descr" when descr is null:
                    descr = at.Quoted();
                    if (descr is null)
                    {
                        why = "its elements are records, and plain little-endian float32 ('<f4') is wanted";
                        return null;
                    }
                    break;
                case "fortran_order" when fortran is null:
                    fortran = at.Word("True") ? true : at.Word("False") ? false : null;
                    if (fortran is null)
                        return null;
                    break;
                case "shape" when shape is null:
                    shape = at.Tuple();
                    if (shape is null)
                    {
                        why = "its shape is not a tuple of whole numbers of reasonable size";
                        return null;
                    }
                    break;
                default:
                    why = "its header has a member twice or one that NumPy does not write";
                    return null;
            }
            if (!at.Take(',') && !at.Sees('}'))
                return null;
        }
        if (descr is null || fortran is null || shape is null || !at.AtEnd())
            return null;
        return new NpyHeader(descr, fortran.Value, shape);
    }

    private ref struct Cursor(string text)
    {
        private int _at;

        public bool Take(char c)
        {
            if (!Sees(c))
                return false;
            _at++;
            return true;
        }

        public bool Sees(char c)
        {
            SkipSpace();
            return _at < text.Length && text[_at] == c;
        }

        public bool Word(string word)
        {
            SkipSpace();
            if (string.CompareOrdinal(text, _at, word, 0, word.Length) != 0)
                return false;
            _at += word.Length;
            return true;
        }

        public string? Quoted()
        {
            SkipSpace();
            if (_at >= text.Length || text[_at] is not ('\'' or '"'))
                return null;
            int end = text.IndexOf(text[_at], _at + 1);
            if (end < 0)
                return null;
            string value = text[(_at + 1)..end];
            _at = end + 1;
            return value;
        }

        public long[]? Tuple()
        {
            var numbers = new List<long>();
            if (!Take('('))
                return null;
            while (!Take(')'))
            {
                SkipSpace();
                int start = _at;
                while (_at < text.Length && char.IsAsciiDigit(text[_at]))
                    _at++;
                if (!long.TryParse(text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                    return null;
                numbers.Add(number);
                if (!Take(',') && !Sees(')'))
                    return null;
            }
            return [.. numbers];
        }

        public bool AtEnd() => text.AsSpan(_at).TrimEnd(" \n").IsEmpty && text.EndsWith('\n');

        private void SkipSpace()
        {
            while (_at < text.Length && text[_at] == ' ')
                _at++;
        }
    }
}
