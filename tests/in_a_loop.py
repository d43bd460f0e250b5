"""Builds pages as a server would: inside an event loop."""

import asyncio


def in_a_loop(make):
    """What ``make()`` returns. Outside of a running loop every Gradio page makes loops of its own and leaves them
    unclosed, which is a warning, hence an error, whenever they are collected. (Playwright's loop does as well.)"""

    async def inside():
        return make()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(inside())
    return make()
