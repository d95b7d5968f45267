"""The workbench's experiments, bound to the ids of lesson.toml like those of any lesson."""

from nnlab.lab.lesson import experiment
from nnlab.lab.workbench.table import table as learn_table

table = experiment("table", data=("table",))(learn_table)
