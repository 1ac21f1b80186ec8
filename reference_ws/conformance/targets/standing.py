"""Classes under the documented names: other names of methods, further classes of exceptions.

Scripts hold the text of these functions: they need nothing but the standard library.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["named", "raising", "stand"]


def named(kind: Any, methods: Mapping[str, str]) -> Any:
    """A class with some of its methods under other names as well.

    Args:
        kind: The class.
        methods: For each further name, the class's own.
    """
    present = {name: own for name, own in methods.items() if hasattr(kind, own)}
    members = {name: inspect.getattr_static(kind, own) for name, own in present.items()}
    return type(kind.__name__, (kind,), {**members, "__module__": kind.__module__})


def raising(kind: Any, exceptions: Mapping[Any, tuple[Any, ...]]) -> Any:
    """A class whose methods raise the same exceptions, which are then of further classes as well.

    Args:
        kind: The class.
        exceptions: For a class of exceptions, those that it stands for.
    """
    members: dict[str, Any] = {"__module__": kind.__module__}
    for name in dir(kind):
        own = inspect.getattr_static(kind, name)
        if not name.startswith("_") and inspect.isfunction(own):
            members[name] = _method(own, exceptions)
    return type(kind.__name__, (kind,), members)


def _method(own: Callable[..., Any], exceptions: Mapping[Any, tuple[Any, ...]]) -> Any:
    if inspect.isasyncgenfunction(own):

        @functools.wraps(own)
        async def iterate(*args: Any, **kwargs: Any) -> Any:
            try:
                async for item in own(*args, **kwargs):
                    yield item
            except Exception as error:
                stand(error, exceptions)
                raise

        return iterate
    if inspect.iscoroutinefunction(own):

        @functools.wraps(own)
        async def run(*args: Any, **kwargs: Any) -> Any:
            try:
                return await own(*args, **kwargs)
            except Exception as error:
                stand(error, exceptions)
                raise

        return run

    @functools.wraps(own)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return own(*args, **kwargs)
        except Exception as error:
            stand(error, exceptions)
            raise

    return call


def stand(error: BaseException, exceptions: Mapping[Any, tuple[Any, ...]]) -> None:
    """Make an exception one of further classes: it stays the same one, with its traceback.

    Args:
        error: The exception.
        exceptions: For a class of exceptions, those that it stands for.
    """
    kind = type(error)
    further = [one for own in kind.__mro__ for one in exceptions.get(own, ())]
    if further := [one for one in dict.fromkeys(further) if not issubclass(kind, one)]:
        names = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
        error.__class__ = type(kind.__name__, (kind, *further), names)
