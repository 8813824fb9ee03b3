"""`python -m capreg`."""

from capreg.start import start

start()
