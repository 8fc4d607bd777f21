"""Completion of keys and values in a `%%kling` cell, in every front end that asks the kernel."""

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

from kling_spec.spec import suggest


@context_matcher(identifier="kling_spec")
def complete(context: CompletionContext) -> SimpleMatcherResult:
    """Return what the language allows where the cursor stands in the spec of a cell; nothing elsewhere."""
    if not context.full_text.startswith("%%kling"):
        return SimpleMatcherResult(completions=[])
    typed, words = suggest(context.full_text, context.cursor_line, context.cursor_position)
    return SimpleMatcherResult(
        completions=[SimpleCompletion(text=word, type="property") for word in words],
        matched_fragment=typed,
        suppress=True,
    )
