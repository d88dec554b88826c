"""Products of matrices whose every element is one chain of additions, in the order of the middle.

A library of linear algebra splits the chain as the sizes of both matrices and the processor ask, so
that a row times a matrix depends on the rows beside it. Here element (i, j) is
``fma(a[i, K-1], b[K-1, j], ... fma(a[i, 0], b[0, j], 0))``: one rounding a step, as IEEE 754 says,
whatever the company, the place, the number of threads and the processor. Six rows and sixteen
columns are worked on at once, which fills the registers of AVX2 and AVX-512; the columns are laid
out sixteen together (:func:`panels`), after Goto and van de Geijn 2008, "Anatomy of
High-Performance Matrix Multiplication".

All but :func:`panels` exist for compiled code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.extending import intrinsic

from assises.engines.linear import compiling

Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]
compiled = compiling.compiled
Generator = Callable[[Any, Any, Any, Any], Any]

ROWS: Final = 6
"""Rows worked on at once: what is given to :func:`product` is a multiple of it."""
LANES: Final = 16
"""Columns worked on at once: widths are multiples of it."""
_VECTOR: Final = ir.VectorType(ir.FloatType(), LANES)
_BYTES_OF_A_NUMBER: Final = 4


def _operation(typing: Callable[..., tuple[Any, Generator] | None]) -> Any:
    return intrinsic(typing)


def panels(matrix: Float32) -> Float32:
    """The matrix as :func:`product` reads it: sixteen columns after sixteen, each row by row.

    Args:
        matrix: shape (K, N), N a multiple of 16.

    Returns:
        Shape (K * N,).
    """
    depth, width = matrix.shape
    cut = matrix.reshape(depth, width // LANES, LANES)
    return np.ascontiguousarray(cut.transpose(1, 0, 2), dtype=np.float32).ravel()


@compiled
def product(
    given: Float32, rows: Int64, count: int, table: Float32, depth: int, width: int, out: Float32
) -> None:
    """``out[i] = given[rows[i] : rows[i] + depth] @ matrix``; rows may overlap.

    Args:
        given: shape (any,), float32.
        rows: where each row begins in ``given``, at least ``count``.
        count: how many rows; a multiple of 6.
        table: :func:`panels` of a matrix of shape (depth, width).
        depth: K.
        width: N; a multiple of 16.
        out: shape (any,), of which the first ``count * width`` are written.
    """
    for column in range(0, width, LANES):
        for row in range(0, count, ROWS):
            _tile(given, rows, row, table, column * depth, depth, out, row * width + column, width)


class _Reached:
    """What was given to an operation, as the intermediate language names it."""

    def __init__(self, context: Any, builder: Any, signature: Any, given: Any) -> None:
        self.context, self.builder = context, builder
        self.kinds, self.given = signature.args, given

    def data(self, at: int) -> Any:
        array = self.context.make_array(self.kinds[at])
        return array(self.context, self.builder, self.given[at]).data

    def whole(self, at: int) -> Any:
        return self.context.cast(self.builder, self.given[at], self.kinds[at], types.intp)

    def vector(self, data: Any, at: Any) -> Any:
        """Address of sixteen numbers from ``at``."""
        return self.builder.bitcast(self.builder.gep(data, [at]), _VECTOR.as_pointer())

    def load(self, data: Any, at: Any) -> Any:
        found = self.builder.load(self.vector(data, at))
        found.align = _BYTES_OF_A_NUMBER
        return found

    def everywhere(self, number: Any) -> Any:
        """One number in each lane."""
        undefined = ir.Constant(_VECTOR, ir.Undefined)
        first = self.builder.insert_element(undefined, number, ir.Constant(ir.IntType(32), 0))
        lanes = ir.Constant(ir.VectorType(ir.IntType(32), LANES), None)
        return self.builder.shuffle_vector(first, undefined, lanes)

    def fma(self) -> Any:
        kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
        declare: Any = cgutils.get_or_insert_function
        return declare(self.builder.module, kind, f"llvm.fma.v{LANES}f32")

    def zeros(self) -> Any:
        """A vector of zeros that stays in a register."""
        place: Any = cgutils.alloca_once
        found = place(self.builder, _VECTOR)
        self.builder.store(ir.Constant(_VECTOR, None), found)
        return found

    def lanes_of(self, vector: Any) -> Any:
        """The sum of the lanes, from the first to the last."""
        total = self.builder.extract_element(vector, ir.Constant(ir.IntType(32), 0))
        for lane in range(1, LANES):
            at = ir.Constant(ir.IntType(32), lane)
            total = self.builder.fadd(total, self.builder.extract_element(vector, at))
        return total


def _long(number: int) -> Any:
    return ir.Constant(ir.IntType(64), number)


@_operation
def _tile(
    _: Any, given: Any, rows: Any, at: Any, table: Any, first: Any, depth: Any, out: Any,
    into: Any, width: Any,
) -> tuple[Any, Generator]:  # fmt: skip
    """Six rows times sixteen columns."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        reach = _Reached(context, builder, signature, arguments)
        sums = [reach.zeros() for _ in range(ROWS)]
        begins = [
            builder.gep(reach.data(1), [builder.add(reach.whole(2), _long(r))]) for r in range(ROWS)
        ]
        places = [builder.gep(reach.data(0), [builder.load(begin)]) for begin in begins]
        begin, fma, count = reach.whole(4), reach.fma(), reach.whole(5)
        with cgutils.for_range(builder, count) as loop:
            across = reach.load(
                reach.data(3), builder.add(begin, builder.mul(loop.index, _long(LANES)))
            )
            for place, total in zip(places, sums, strict=True):
                number = reach.everywhere(builder.load(builder.gep(place, [loop.index])))
                builder.store(builder.call(fma, [number, across, builder.load(total)]), total)
        for row, total in enumerate(sums):
            to = builder.add(reach.whole(7), builder.mul(reach.whole(8), _long(row)))
            stored = builder.store(builder.load(total), reach.vector(reach.data(6), to))
            stored.align = _BYTES_OF_A_NUMBER
        return context.get_dummy_value()

    return types.void(given, rows, at, table, first, depth, out, into, width), generate


@_operation
def total(_: Any, array: Any, first: Any, size: Any) -> tuple[Any, Generator]:
    """The sum of ``size`` numbers (a multiple of 16) from ``first``: by lanes, then the lanes."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        reach = _Reached(context, builder, signature, arguments)
        sums, begin = reach.zeros(), reach.whole(1)
        with cgutils.for_range(builder, builder.sdiv(reach.whole(2), _long(LANES))) as loop:
            at = builder.add(begin, builder.mul(loop.index, _long(LANES)))
            builder.store(builder.fadd(builder.load(sums), reach.load(reach.data(0), at)), sums)
        return reach.lanes_of(builder.load(sums))

    return types.float32(array, first, size), generate


@_operation
def spread(_: Any, array: Any, first: Any, size: Any, centre: Any) -> tuple[Any, Generator]:
    """The sum of squared distances of ``size`` numbers (a multiple of 16) to ``centre``."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        reach = _Reached(context, builder, signature, arguments)
        sums, begin, fma = reach.zeros(), reach.whole(1), reach.fma()
        middle = reach.everywhere(
            context.cast(builder, arguments[3], signature.args[3], types.float32)
        )
        with cgutils.for_range(builder, builder.sdiv(reach.whole(2), _long(LANES))) as loop:
            at = builder.add(begin, builder.mul(loop.index, _long(LANES)))
            far = builder.fsub(reach.load(reach.data(0), at), middle)
            builder.store(builder.call(fma, [far, far, builder.load(sums)]), sums)
        return reach.lanes_of(builder.load(sums))

    return types.float32(array, first, size, centre), generate
