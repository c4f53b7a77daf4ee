"""Mutants of a Python file: a statement or an operator gives way to another.

Libraries fall short of it. cosmic-ray (8.7) removes no statements; mutmut
(3.8) spoils functions alone, without most of those that have a decorator.
"""

import ast
import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mutation import Mutant

Mistake = tuple[ast.stmt | ast.expr, str]

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
NO_CONTEXT = "__import__('contextlib').nullcontext()"


def spoilt_source(path: Path) -> Iterator[Mutant]:
    """A mutant for each statement and operator of the Python file *path*."""
    source = path.read_text()
    lines = source.splitlines()
    tree = ast.parse(source)
    statements = statements_of(tree)
    for node in running(tree):
        for target, text in mistakes(node):
            line, name = target.lineno, function_at(target.lineno, tree)
            old = lines[line - 1 : target.end_lineno]
            head = old[0].encode()[: target.col_offset].decode()
            tail = old[-1].encode()[target.end_col_offset :].decode()
            yield Mutant(
                str(path),
                line,
                old,
                [head + text + tail],
                name,
                around=statements[line],
            )


def function_at(line: int, tree: ast.AST) -> str:
    """The dotted name of the function or class that *line* is in."""
    return ".".join(
        node.name
        for node in ast.walk(tree)  # the outer ones first
        if isinstance(node, DEFINITION)
        and node.lineno <= line <= (node.end_lineno or 0)
    )


def statements_of(tree: ast.AST) -> dict[int, range]:
    """For each line, the lines of its statement, up to the body if any."""
    statements: dict[int, range] = {}
    for node in ast.walk(tree):  # the outer ones first
        if isinstance(node, ast.stmt):
            first, end = node.lineno, (node.end_lineno or 0) + 1
            for part in getattr(node, "decorator_list", []):
                first = min(first, part.lineno)
            body = getattr(node, "body", [])
            own = range(first, max(body[0].lineno, first + 1) if body else end)
            statements |= dict.fromkeys(range(first, end), own)
    return statements


def running(node: ast.AST) -> Iterator[ast.AST]:
    """*node* and all in it that runs: no annotations, no texts, no asserts.

    Nor for how long to sleep: the longer, the later, and all else is the same.
    """
    yield node
    for field, value in ast.iter_fields(node):
        if field not in ("annotation", "returns"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not (
                    isinstance(child, ast.Assert | ast.JoinedStr)
                    or is_sleep(child)
                ):
                    yield from running(child)


def is_sleep(node: ast.AST) -> bool:
    """Whether *node* is a call of asyncio.sleep or time.sleep."""
    match node:
        case ast.Call(func=ast.Attribute(attr="sleep")):
            return True
    return False


def mistakes(node: ast.AST) -> Iterator[Mistake]:
    """What to write instead of *node*, or of a part of it."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return
        case ast.Return(value=ast.expr() as value) if not is_none(value):
            yield value, "None"
        case ast.Return(value=None):
            yield node, "pass"
        case ast.AnnAssign(value=None):
            return
        case (
            ast.Expr()
            | ast.Assign()
            | ast.AnnAssign()
            | ast.Raise()
            | ast.Delete()
            | ast.Break()
            | ast.Continue()
        ):
            yield node, "pass"
        case ast.AugAssign(op=op):
            yield node, "pass"
            yield from swapped(node, op)
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            yield from negated(test)
        case ast.comprehension(ifs=tests):
            yield from (one for test in tests for one in negated(test))
        case ast.For(iter=items):
            yield items, "()"
        case ast.withitem(context_expr=context):
            yield context, NO_CONTEXT
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield node, f"({ast.unparse(operand)})"
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield node, ast.unparse(operand)
        case ast.Compare(ops=[op]) | ast.BoolOp(op=op) | ast.BinOp(op=op):
            yield from swapped(node, op)
        case ast.Constant(value=bool(value)):
            yield node, str(not value)
        case ast.Constant(value=0 | 1 as value):
            yield node, str(value + 1)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            for decorator in node.decorator_list:
                yield decorator, "(lambda _: _)"


def negated(test: ast.expr) -> Iterator[Mistake]:
    """The opposite of *test*, unless another mistake in it is just that."""
    if not isinstance(test, ast.UnaryOp | ast.Compare):
        yield test, f"(not ({ast.unparse(test)}))"


def is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def swapped(
    node: ast.AugAssign | ast.Compare | ast.BoolOp | ast.BinOp, op: ast.AST
) -> Iterator[Mistake]:
    """*node* with its operator *op* swapped, where that has an opposite."""
    if opposite := SWAPPED.get(type(op)):
        other: Any = copy.copy(node)
        if isinstance(node, ast.Compare):
            other.ops = [opposite()]
        else:
            other.op = opposite()
        text = ast.unparse(other)
        yield node, text if isinstance(node, ast.stmt) else f"({text})"
