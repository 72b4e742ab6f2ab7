"""What raters export, as plain JSON."""

from dataclasses import replace


def exported(task, annotator="anna", rater=0):
    """A rater who finds that things grow, but for the first unit, in which they find nothing; every text is a 4."""
    factors = [{"factor": "scale", "direction": "increase"}]
    answers = [
        place(item) | {"none": i == 0, "text": "It grows." if i else "", "factors": factors if i else [], "seconds": 2.5}
        for i, item in enumerate(task.items)
    ]
    ratings = [place(item) | {"said": said.id, "rating": 4} for item in task.items for said in item.said]
    head = {"format": "latentbench-annotation", "version": 1, "page": task.fingerprint, "annotator": annotator, "rater": rater}
    return head | {"answers": answers, "ratings": ratings}


def place(item):
    return {"dataset": item.dataset, "model": item.model, "key": item.key, "unit": item.unit}


def with_items(task, change):
    """The task with every item changed."""
    return replace(task, items=tuple(change(item) for item in task.items))
