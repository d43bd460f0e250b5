"""The page on style and label: models, directions of style, events, layout, and what it draws."""
