"""The page on conditional generation: models, a face and what is found of it, events, layout, and what it draws."""
