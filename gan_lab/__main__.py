"""``python -m gan_lab`` is the command line; ``accelerate launch -m gan_lab train ...`` uses it too."""

from gan_lab.cli import main

if __name__ == "__main__":
    main()
