"""One system of the lecture per file, named as the lecture names it. Copy template.py to add one."""
