"""The page on image translation: models, the board, the judge's map, noise, the way there and back, and layout."""
