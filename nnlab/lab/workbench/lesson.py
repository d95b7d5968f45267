"""The workbench's experiments, bound to the ids of lesson.toml like those of any lesson."""

from nnlab.lab.lesson import experiment
from nnlab.lab.workbench.images import images as learn_images
from nnlab.lab.workbench.table import table as learn_table
from nnlab.lab.workbench.text import text as learn_text

table = experiment("table", data=("table",))(learn_table)
images = experiment("images", data=("images",))(learn_images)
text = experiment("text", data=("text",))(learn_text)
