"""The parts of the page on saddle points: its controls, its events, what it draws, where things stand."""
