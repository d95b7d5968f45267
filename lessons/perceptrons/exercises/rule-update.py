"""Write the perceptron rule.

The neuron has just said `prediction` for the sample x;
y is what it should have said. Return the new weights
and the new bias. A right prediction changes nothing.
A wrong one moves every weight by

    learning_rate * (y - prediction) * its input

and the bias as if its input were 1.

    w              array of 2 weights
    b              the bias, a number
    x              array of 2 inputs
    y, prediction  0 or 1
    learning_rate  a number
"""


def update(w, b, x, y, prediction, learning_rate):
    return w, b
