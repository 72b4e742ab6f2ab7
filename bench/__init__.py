"""latentbench: how good are explanations of the latent variables of generative models?"""

from pathlib import Path

if not (Path(__file__).parent / "conf").is_dir():  # a source checkout: conf/ lies beside bench/
    __path__.append(str(Path(__file__).resolve().parents[1]))

__version__ = "0.1.0"
