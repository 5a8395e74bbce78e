"""Machine operations that numba does not write in a form LLVM vectorises, each with a plain Python twin.

`max()` and `if v > m: m = v` stay scalar because they are exact about NaN and signed zero; the `fast_` pair below
is not, so callers keep NaN out. The float32 bit operations are the heart of `fast_math`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import config, types
from numba.core.extending import intrinsic

_FLAGS = ("nnan", "nsz")
_SQRT_HALF_BITS = 0x3F3504F3  # bit pattern of float32 sqrt(1/2): mantissas are taken in [sqrt(1/2), sqrt(2))

if config.DISABLE_JIT:  # type: ignore[attr-defined]

    def fast_max(a: Any, b: Any) -> Any:
        """Return the larger of two numbers, neither NaN."""
        return a if a > b else b

    def fast_min(a: Any, b: Any) -> Any:
        """Return the smaller of two numbers, neither NaN."""
        return a if a < b else b

    def exponent_of(x: Any) -> Any:
        """Return the binary exponent of a positive float32 whose mantissa lies in [sqrt(1/2), sqrt(2))."""
        return np.float32((int(np.float32(x).view(np.int32)) - _SQRT_HALF_BITS) >> 23)

    def mantissa_of(x: Any) -> Any:
        """Return the mantissa of a positive float32, in [sqrt(1/2), sqrt(2))."""
        bits = int(np.float32(x).view(np.int32))
        return np.int32(bits - (((bits - _SQRT_HALF_BITS) >> 23) << 23)).view(np.float32)

    def times_power_of_two(x: Any, n: Any) -> Any:
        """Return a positive float32 times 2 to the power of a whole float32; the result must be normal."""
        return np.int32(int(np.float32(x).view(np.int32)) + (int(n) << 23)).view(np.float32)

    def tagged(x: Any, keep: Any, tag: Any) -> Any:
        """Return a float32 whose low bits, those not in `keep`, hold a whole number."""
        return np.int32((int(np.float32(x).view(np.int32)) & int(keep)) | int(tag)).view(np.float32)

    def tag_of(x: Any, keep: Any) -> Any:
        """Return the whole number that `tagged` put into a float32."""
        return int(np.float32(x).view(np.int32)) & ~int(keep)

else:

    def _choice(typing_context: Any, a: Any, b: Any, relation: str) -> Any:
        if a != b or not isinstance(a, types.Float):
            return None

        def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            left, right = arguments
            return builder.select(builder.fcmp_ordered(relation, left, right, flags=_FLAGS), left, right, flags=_FLAGS)

        return a(a, b), code

    @intrinsic
    def fast_max(typing_context: Any, a: Any, b: Any) -> Any:
        """Return the larger of two numbers, neither NaN."""
        return _choice(typing_context, a, b, ">")

    @intrinsic
    def fast_min(typing_context: Any, a: Any, b: Any) -> Any:
        """Return the smaller of two numbers, neither NaN."""
        return _choice(typing_context, a, b, "<")

    def _shifted(builder: Any, value: Any) -> tuple[Any, Any]:
        """Bits of a float32, and its binary exponent as int32."""
        word = _word(builder)
        bits = builder.bitcast(value, word)
        return bits, builder.ashr(builder.sub(bits, word(_SQRT_HALF_BITS)), word(23))

    def _word(builder: Any) -> Any:
        """Return the 32-bit integer type of LLVM."""
        return ir.IntType(32)

    @intrinsic
    def exponent_of(typing_context: Any, x: Any) -> Any:
        """Return the binary exponent of a positive float32 whose mantissa lies in [sqrt(1/2), sqrt(2))."""
        if x != types.float32:
            return None

        def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            return builder.sitofp(_shifted(builder, arguments[0])[1], arguments[0].type)

        return types.float32(types.float32), code

    @intrinsic
    def mantissa_of(typing_context: Any, x: Any) -> Any:
        """Return the mantissa of a positive float32, in [sqrt(1/2), sqrt(2))."""
        if x != types.float32:
            return None

        def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            bits, exponent = _shifted(builder, arguments[0])
            word = _word(builder)
            return builder.bitcast(builder.sub(bits, builder.shl(exponent, word(23))), arguments[0].type)

        return types.float32(types.float32), code

    @intrinsic
    def times_power_of_two(typing_context: Any, x: Any, n: Any) -> Any:
        """Return a positive float32 times 2 to the power of a whole float32; the result must be normal."""
        if x != types.float32 or n != types.float32:
            return None

        def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            word = _word(builder)
            bits = builder.bitcast(arguments[0], word)
            shift = builder.shl(builder.fptosi(arguments[1], word), word(23))
            return builder.bitcast(builder.add(bits, shift), arguments[0].type)

        return types.float32(types.float32, types.float32), code

    @intrinsic
    def tagged(typing_context: Any, x: Any, keep: Any, tag: Any) -> Any:
        """Return a float32 whose low bits, those not in `keep`, hold a whole number."""
        if x != types.float32 or keep != types.int32 or tag != types.int32:
            return None

        def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            bits = builder.bitcast(arguments[0], _word(builder))
            marked = builder.or_(builder.and_(bits, arguments[1]), arguments[2])
            return builder.bitcast(marked, arguments[0].type)

        return types.float32(types.float32, types.int32, types.int32), code

    @intrinsic
    def tag_of(typing_context: Any, x: Any, keep: Any) -> Any:
        """Return the whole number that `tagged` put into a float32."""
        if x != types.float32 or keep != types.int32:
            return None

        def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            bits = builder.bitcast(arguments[0], _word(builder))
            return builder.and_(bits, builder.not_(arguments[1]))

        return types.int32(types.float32, types.int32), code
