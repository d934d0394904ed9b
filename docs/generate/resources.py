"""The page of the kinds of resources, from their classes."""

from typing import Any

from gwlbfw.address import Ref
from gwlbfw.resources.resource import Resource, kinds

from .calls import calls_of
from .markdown import Lines, table


def resources() -> Lines:
    """Every kind of resource: its properties, what is fixed, and how the cloud is asked."""
    yield from (
        "# Kinds of resources",
        "",
        "What a plan is made of, in the order in which live state is read. An address is the kind",
        "and a path of the topology's keys, such as `vswitch.business/shop/app-b`.",
        "",
        "- **fixed**: another value replaces the resource; everything else changes in place.",
        "- **not read back**: the cloud doesn't answer it, so it is used but never compared.",
        "",
    )
    for kind, cls in kinds().items():
        yield from _kind(kind, cls)


def _kind(kind: str, cls: type[Resource]) -> Lines:
    text = (cls.__doc__ or "").strip()
    paragraphs = [" ".join(each.split()) for each in text.split("\n\n")]
    yield from (f"## `{kind}`", "", "\n\n".join(paragraphs), "")
    listed = ", ".join(f"`{each.call.name}`" for each in cls.listings)
    seen = ", ".join(f"`{each}`" for each in cls.seen_in)
    found = f"tag type `{cls.tag_type}`" if cls.tag_type else "parent and natural key (no tags)"
    yield f"- found by: {found}"
    yield f"- listed by: {listed or f'what {seen} shows'}"
    if cls.watched:
        watched = ", ".join(f"`{each}`" for each in sorted(cls.watched))
        yield f"- changed even where the stack does not own it: {watched}"
    for doing, calls in calls_of(kind).items():
        if calls:
            yield f"- {doing} by: {', '.join(f'`{each}`' for each in calls)}"
    yield ""
    marks = ((cls.fixed(), "fixed"), (cls.unread(), "not read back"))
    yield from table(
        ("property", "value", ""),
        [
            (f"`{name}`", _type(field.annotation), ", ".join(m for s, m in marks if name in s))
            for name, field in cls.model_fields.items()
            if not (name == "tags" and not cls.tag_type)
        ],
    )


_WORDS = {str: "text", int: "whole number", bool: "true or false"}


def _type(annotation: Any) -> str:  # noqa: ANN401 - any annotation there is
    """A property's type in words."""
    inner = [each for each in getattr(annotation, "__args__", ()) if each is not type(None)]
    origin = getattr(annotation, "__origin__", None)
    if not inner:
        return _WORDS.get(annotation) or _object(annotation)
    if origin is Ref:
        return _reference(getattr(inner[0], "kind", ""))
    if origin in (tuple, dict):
        return f"{'list' if origin is tuple else 'by key'}: {_type(inner[origin is dict])}"
    if origin is None:
        return " or ".join(_type(each) for each in inner)
    return ", ".join(f"`{each}`" for each in inner)


def _reference(kind: str) -> str:
    article = "an" if kind[:1] in tuple("aeiou") else "a"
    return f"{article} `{kind}`" if kind else "a resource"


def _object(model: Any) -> str:  # noqa: ANN401 - any annotation there is
    fields = ", ".join(f"`{each}`" for each in getattr(model, "model_fields", {}))
    return f"object of {fields}" if fields else "object"
