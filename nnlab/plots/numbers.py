"""Numbers as the plots and the screen print them: few digits, a real minus, and no jitter."""

import math

MISSING = "–"
MINUS = "−"
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def loss(value: float) -> str:
    """3 significant decimals: 0.352, 2.31, 46.2, 1,240; `<0.0001` below that; `–` when there is none."""
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else MINUS + "∞"
    size = abs(value)
    if size == 0:
        return "0.000"
    if size < 0.0001:
        return "<0.0001" if value > 0 else f">{MINUS}0.0001"
    if size >= 1e7:
        return _signed(value, power_text(size))
    if size < 0.001:
        text = f"{size:.4f}"
    elif size < 1:
        text = f"{size:.3f}"
    else:
        decimals = max(0, 2 - int(math.log10(size)))
        text = f"{size:,.{decimals}f}"
    return _signed(value, text)


def percent(share: float) -> str:
    """One decimal of a share in [0, 1]: `99.1 %`."""
    if share is None or not math.isfinite(share):
        return MISSING
    return _signed(round(share * 100, 1), f"{abs(share) * 100:.1f} %")


def count(value: float) -> str:
    """A whole number with thousands: `1,240`."""
    if value is None or not math.isfinite(value):
        return MISSING
    return _signed(round(value), f"{abs(round(value)):,}")


def rate(value: float, unit: str = "/s") -> str:
    """A rate: `8,312/s`, from 10,000 on `12.4k/s`, from a million `1.2M/s`."""
    if value is None or not math.isfinite(value):
        return MISSING
    if value >= 999_950:
        return f"{value / 1e6:.1f}M{unit}"
    if value >= 10_000:
        return f"{value / 1e3:.1f}k{unit}"
    return f"{count(value)}{unit}"


def seconds(value: float) -> str:
    """A duration: `0.4 s`, `42 s`, `3 min 05 s`, `2 h 10 min`."""
    if value is None or not math.isfinite(value):
        return MISSING
    if value < 9.95:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def signed(value: float, decimals: int = 2) -> str:
    """A weight: always with its sign, except zero: `+3.24`, `−2.84`, `0.00`."""
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{abs(value):,.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        return text
    return ("+" if value > 0 else MINUS) + text


def fixed(value: float, decimals: int) -> str:
    """A number with this many decimals, zero without a sign: `0.35`, `−1.50`."""
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else MINUS + "∞"
    return _signed(value, f"{abs(value):,.{decimals}f}")


def short(value: float, digits: int = 3) -> str:
    """The shortest form of at most `digits` significant digits: `0.3`, `40`, `1.25`, `2×10⁻⁷`."""
    if value is None or not math.isfinite(value):
        return loss(math.nan if value is None else value)
    if value == 0:
        return "0"
    size = abs(value)
    if size < 1e-4 or size >= 1e7:
        return _signed(value, power_text(size))
    decimals = max(0, digits - 1 - math.floor(math.log10(size)))
    text = f"{size:,.{decimals}f}"
    return _signed(value, text.rstrip("0").rstrip(".") if "." in text else text)


def measured(value: float | str) -> str:
    """What a check measured: `2,090`, `0.00053`, `−1.28`, `4.5×10¹¹`; a text as it is."""
    return value if isinstance(value, str) else short(value, 4)


def power(exponent: int) -> str:
    """A power of ten: `10⁻⁶`."""
    return "10" + str(exponent).translate(_SUPERSCRIPT)


def power_text(size: float) -> str:
    """A positive number as mantissa and power: `2.5×10⁸`, `10⁻⁷`."""
    exponent = math.floor(math.log10(size))
    mantissa = f"{size / 10.0**exponent if exponent > -300 else size * 1e300 / 10.0 ** (exponent + 300):.1f}"
    if mantissa == "10.0":
        mantissa, exponent = "1.0", exponent + 1
    mantissa = mantissa.removesuffix(".0")
    return power(exponent) if mantissa == "1" else f"{mantissa}×{power(exponent)}"


def decimals_for(step: float) -> int:
    """How many decimals tell multiples of `step` apart: 0.25 -> 2, 50 -> 0."""
    if step <= 0 or not math.isfinite(step):
        return 0
    for decimals in range(12):
        if abs(step * 10**decimals - round(step * 10**decimals)) < 1e-6 * max(1.0, step * 10**decimals):
            return decimals
    return 12


def _signed(value: float, text: str) -> str:
    is_zero = not any(char in "123456789" for char in text)
    return text if value >= 0 or is_zero else MINUS + text
