"""`nnlab doctor`: what this installation finds on this machine."""

import click

from nnlab.commands.output import print_json
from nnlab.lab.doctor import examine


def doctor(as_json: bool) -> int:
    """Print what the doctor finds; 1 when something is bad."""
    findings = examine()
    if as_json:
        print_json({"findings": [{"name": f.name, "state": f.state, "text": f.text} for f in findings]})
    else:
        for finding in findings:
            click.echo(f"{ {'ok': '✓', 'note': '·', 'bad': '✗'}[finding.state] } {finding.name:11}{finding.text}")
    return int(any(finding.state == "bad" for finding in findings))
