"""Four numbers in one register, for the compiled loops.

Left to itself the compiler keeps a row of four in four registers and adds it in four steps. These
operations name the row as what it is, a vector of the intermediate language of LLVM, which every
processor's back end turns into what it has: one register of AVX, two of SSE or NEON. Each lane is
added, multiplied and rounded as IEEE 754 says, no two operations are contracted into one, so that
the result has the same bytes on all of them.

They exist in compiled code only; outside of it they cannot be called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.extending import intrinsic, models, register_model

LANES: Final = 4
_REAL: Final = ir.VectorType(ir.DoubleType(), LANES)
_WHOLE: Final = ir.VectorType(ir.IntType(64), LANES)
_BYTES_OF_A_NUMBER: Final = 8
"""Rows are read wherever they lie: no more is promised than that a number is aligned."""

Generator = Callable[[Any, Any, Any, Any], Any]


def _operation(typing: Callable[..., tuple[Any, Generator] | None]) -> Any:
    """Known to the compiler by its kind of result and the code that it becomes."""
    return intrinsic(typing)


class Lanes(types.Type):
    """The compiler's type of four float64 or of four int64."""

    def __init__(self, *, whole: bool) -> None:
        """``whole``: int64 rather than float64."""
        self.whole = whole
        super().__init__(name="four whole" if whole else "four real")


@register_model(Lanes)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Lanes) -> None:
        super().__init__(manager, kind, _WHOLE if kind.whole else _REAL)  # type: ignore[no-untyped-call]


def _place(context: Any, builder: Any, kind: Any, array: Any, row: Any) -> Any:
    """The address of a row of a contiguous array of shape (n, 4)."""
    data = context.make_array(kind)(context, builder, array).data
    first = builder.gep(data, [builder.mul(row, ir.Constant(row.type, LANES), flags=["nsw"])])
    vector = _REAL if kind.dtype == types.float64 else _WHOLE
    return builder.bitcast(first, vector.as_pointer())


def _declared(module: Any, kind: Any, name: str) -> Any:
    declare: Any = cgutils.get_or_insert_function
    return declare(module, kind, name)


def _is_table(array: Any) -> bool:
    return (
        isinstance(array, types.Array)
        and (array.ndim, array.layout) == (2, "C")
        and array.dtype in (types.float64, types.int64)
    )


@_operation
def load(_: Any, array: Any, row: Any) -> tuple[Any, Generator] | None:
    """Row ``row`` of a contiguous array of shape (n, 4); not checked to be within."""
    if not (_is_table(array) and isinstance(row, types.Integer)):
        return None

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        at = context.cast(builder, given[1], signature.args[1], types.intp)
        found = builder.load(_place(context, builder, signature.args[0], given[0], at))
        found.align = _BYTES_OF_A_NUMBER
        return found

    return Lanes(whole=array.dtype == types.int64)(array, row), generate


@_operation
def store(_: Any, array: Any, row: Any, lanes: Any) -> tuple[Any, Generator] | None:
    """Put four numbers into a row of an array of their kind; not checked to be within."""
    if not (_is_table(array) and isinstance(row, types.Integer) and isinstance(lanes, Lanes)):
        return None
    if lanes.whole != (array.dtype == types.int64):
        return None

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        at = context.cast(builder, given[1], signature.args[1], types.intp)
        into = _place(context, builder, signature.args[0], given[0], at)
        builder.store(given[2], into).align = _BYTES_OF_A_NUMBER
        return context.get_dummy_value()

    return types.void(array, row, lanes), generate


@_operation
def add(_: Any, left: Any, right: Any) -> tuple[Any, Generator] | None:
    """Lane by lane."""
    if not isinstance(left, Lanes) or left != right:
        return None

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:  # noqa: ARG001
        return builder.add(*given) if left.whole else builder.fadd(*given)

    return left(left, right), generate


def _repeated(builder: Any, number: Any) -> Any:
    """The same real in each lane."""
    lanes = ir.Constant(_REAL, ir.Undefined)
    for lane in range(LANES):
        lanes = builder.insert_element(lanes, number, ir.Constant(ir.IntType(32), lane))
    return lanes


@_operation
def times(_: Any, lanes: Any, number: Any) -> tuple[Any, Generator] | None:
    """Each of four reals times one."""
    if lanes != Lanes(whole=False) or number != types.float64:
        return None

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:  # noqa: ARG001
        return builder.fmul(given[0], _repeated(builder, given[1]))

    return lanes(lanes, number), generate


@_operation
def less(_: Any, left: Any, right: Any) -> tuple[Any, Generator] | None:
    """Four reals less four others."""
    if left != Lanes(whole=False) or left != right:
        return None

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:  # noqa: ARG001
        return builder.fsub(*given)

    return left(left, right), generate


@_operation
def zeros(_: Any) -> tuple[Any, Generator]:
    """Four reals, all zero."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:  # noqa: ARG001
        return ir.Constant(_REAL, None)

    return Lanes(whole=False)(), generate


@_operation
def rounded(_: Any, lanes: Any, scale: Any) -> tuple[Any, Generator] | None:
    """The whole numbers nearest to ``lanes * scale``, ties to even; all below 2 ** 63."""
    if lanes != Lanes(whole=False) or scale != types.float64:
        return None

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:  # noqa: ARG001
        scales = _repeated(builder, given[1])
        kind = ir.FunctionType(_REAL, [_REAL])
        to_even = _declared(builder.module, kind, f"llvm.rint.v{LANES}f64")
        near = builder.call(to_even, [builder.fmul(given[0], scales)])
        return builder.fptosi(near, _WHOLE)

    return Lanes(whole=True)(lanes, scale), generate
