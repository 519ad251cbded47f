"""Tiles: the innermost loops of a matrix product, in vectors that stay in registers.

Conventions: written as LLVM instructions, since a compiler does not find this form by itself.
Matrices are pointers to float32; strides count entries. A tile is called for one place of the
result, sums run over `n` steps, and all of it is inlined into the caller. Sums may be reordered
and contracted, but NaN and infinity keep their meaning: they are how a diverging network is found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.registry import cpu_target
from numba.extending import intrinsic

#: Entries of a vector: a register of AVX, two of NEON.
LANES = 8

#: Entries to which everything is filled up: half a vector, which ends a row.
HALF = LANES // 2


def _features() -> list[str]:
    """Return what numba compiles for: what the processor has, or what NUMBA_CPU_FEATURES says."""
    context: Any = cpu_target.target_context
    return context.codegen().magic_tuple()[2].split(",")


#: Entries of a vector of the largest tiles, and rows of these. Two vectors of each row are summed:
#: eight rows are 16 of the 32 registers of AVX-512, six rows 12 of the 16 of AVX. The others hold a
#: vector of each column and one number. A Zen 4 multiplies no faster with AVX-512 but reads less: a
#: gradient of 256 x 1024 weights takes three fifths of the time with these tiles, the small ones in
#: the first cache .95.
MOST_LANES, MOST_ROWS = (16, 8) if "+avx512f" in _features() else (LANES, 6)

#: Type of a matrix in compiled code.
POINTER = types.CPointer(types.float32)

_VECTOR = ir.VectorType(ir.FloatType(), LANES)
_HALF_VECTOR = ir.VectorType(ir.FloatType(), HALF)
_FAST = ("contract", "reassoc", "nsz", "arcp")


def _int(n: int) -> ir.Constant:
    return ir.Constant(ir.IntType(64), n)


def instruction(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a function that writes LLVM instructions for the compiled code that calls it."""
    return intrinsic(function)


@instruction
def at(_, pointer, offset):
    """Return the pointer to the entry at an offset."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.gep(arguments[0], [arguments[1]])

    return pointer(pointer, types.int64), generate


@instruction
def start_of(_, array):
    """Return the pointer to the first entry of an array."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        proxy = cgutils.create_struct_proxy(signature.args[0])
        return proxy(context, builder, value=arguments[0]).data

    return types.CPointer(array.dtype)(array), generate


def _load(builder: Any, pointer: Any, vector: Any = _VECTOR) -> Any:
    value = builder.load(builder.bitcast(pointer, vector.as_pointer()))
    value.align = 4
    return value


def _store(builder: Any, value: Any, pointer: Any) -> None:
    builder.store(value, builder.bitcast(pointer, value.type.as_pointer())).align = 4


def _spread(builder: Any, scalar: Any, vector: Any) -> Any:
    """Fill a vector with one number."""
    undefined = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(undefined, scalar, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), vector.count), [0] * vector.count)
    return builder.shuffle_vector(first, undefined, zeros)


def _widened(builder: Any, half: Any) -> Any:
    """Fill half a vector up with zeros."""
    return _shuffled(builder, half, ir.Constant(_HALF_VECTOR, [0.0] * HALF), range(LANES))


def _accumulators(
    builder: Any, n_rows: int, n_columns: int, vector: Any = _VECTOR
) -> list[list[Any]]:
    # On the stack only until LLVM promotes them to registers.
    rows = [[cgutils.alloca_once(builder, vector) for _ in range(n_columns)] for _ in range(n_rows)]
    for row in rows:
        for place in row:
            builder.store(ir.Constant(vector, [0.0] * vector.count), place)
    return rows


def _add_product(builder: Any, place: Any, a: Any, b: Any) -> None:
    product = builder.fmul(a, b, flags=_FAST)
    builder.store(builder.fadd(builder.load(place), product, flags=_FAST), place)


def product_tile(n_rows: int, n_vectors: int, lanes: int) -> Callable[..., None]:
    """Make the tile ``C[r, c] = sum_k A[r, k] B[k, c]`` of some rows and vectors of columns."""
    vector = ir.VectorType(ir.FloatType(), lanes)

    @instruction
    def tile(_, C, c_row, A, a_row, a_step, B, b_step, n):
        signature = types.void(C, c_row, A, a_row, a_step, B, b_step, n)

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            C, c_row, A, a_row, a_step, B, b_step, n = arguments
            sums = _accumulators(builder, n_rows, n_vectors, vector)
            rows = [builder.gep(A, [builder.mul(a_row, _int(r))]) for r in range(n_rows)]
            with cgutils.for_range(builder, n) as loop:
                start = builder.mul(loop.index, b_step)
                right = [
                    _load(builder, builder.gep(B, [builder.add(start, _int(v * lanes))]), vector)
                    for v in range(n_vectors)
                ]
                step = builder.mul(loop.index, a_step)
                for row, places in zip(rows, sums, strict=True):
                    left = _spread(builder, builder.load(builder.gep(row, [step])), vector)
                    for place, column in zip(places, right, strict=True):
                        _add_product(builder, place, left, column)
            for r, places in enumerate(sums):
                start = builder.mul(c_row, _int(r))
                for v, place in enumerate(places):
                    target = builder.gep(C, [builder.add(start, _int(v * lanes))])
                    _store(builder, builder.load(place), target)
            return context.get_dummy_value()

        return signature, generate

    return tile


def dot_tile(n_rows: int, n_columns: int) -> Callable[..., None]:
    """Make the tile ``C[r, c] = sum_k A[r, k] B[c, k]`` of some rows and columns."""

    @instruction
    def tile(_, C, c_row, A, a_row, B, b_row, n):
        signature = types.void(C, c_row, A, a_row, B, b_row, n)

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            C, c_row, A, a_row, B, b_row, n = arguments
            sums = _accumulators(builder, n_rows, n_columns)
            left = [builder.mul(a_row, _int(r)) for r in range(n_rows)]
            right = [builder.mul(b_row, _int(i)) for i in range(n_columns)]

            def add_products(k: Any, read: Callable[[Any], Any]) -> None:
                rows = [read(builder.gep(A, [builder.add(start, k)])) for start in left]
                columns = [read(builder.gep(B, [builder.add(start, k)])) for start in right]
                for row, places in zip(rows, sums, strict=True):
                    for column, place in zip(columns, places, strict=True):
                        _add_product(builder, place, row, column)

            whole = builder.sdiv(n, _int(LANES))
            with cgutils.for_range(builder, whole) as loop:
                add_products(builder.mul(loop.index, _int(LANES)), lambda p: _load(builder, p))
            end = builder.mul(whole, _int(LANES))
            with builder.if_then(builder.icmp_signed("<", end, n)):
                add_products(end, lambda p: _widened(builder, _load(builder, p, _HALF_VECTOR)))
            scalar = ir.FloatType()
            add_up = cgutils.get_or_insert_function(
                builder.module,
                ir.FunctionType(scalar, [scalar, _VECTOR]),
                f"llvm.vector.reduce.fadd.v{LANES}f32",
            )
            for r, places in enumerate(sums):
                start = builder.mul(c_row, _int(r))
                for i, place in enumerate(places):
                    vector = builder.load(place)
                    total = builder.call(add_up, [ir.Constant(scalar, 0.0), vector], fastmath=_FAST)
                    builder.store(total, builder.gep(C, [builder.add(start, _int(i))]))
            return context.get_dummy_value()

        return signature, generate

    return tile


def _shuffled(builder: Any, a: Any, b: Any, order: Sequence[int]) -> Any:
    """Take entries of two vectors, counted through both."""
    places = ir.Constant(ir.VectorType(ir.IntType(32), len(order)), list(order))
    return builder.shuffle_vector(a, b, places)


@instruction
def transpose_tile(_, A, a_row, B, b_row):
    """Write a transposed square of `HALF` rows and columns; `a_row`, `b_row` are the strides."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        A, a_row, B, b_row = arguments
        a, b, c, d = (
            _load(builder, builder.gep(A, [builder.mul(a_row, _int(r))]), _HALF_VECTOR)
            for r in range(HALF)
        )
        pairs = [
            _shuffled(builder, first, second, order)
            for order in ((0, 4, 1, 5), (2, 6, 3, 7))
            for first, second in ((a, b), (c, d))
        ]
        for column in range(HALF):
            upper, lower = pairs[column // 2 * 2 : column // 2 * 2 + 2]
            order = (2, 3, 6, 7) if column % 2 else (0, 1, 4, 5)
            target = builder.gep(B, [builder.mul(b_row, _int(column))])
            _store(builder, _shuffled(builder, upper, lower, order), target)
        return _context.get_dummy_value()

    return types.void(A, a_row, B, b_row), generate
