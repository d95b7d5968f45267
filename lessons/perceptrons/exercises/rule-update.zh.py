"""写出感知机规则。

神经元刚刚对样本 x 给出了 prediction；正确答案是 y。
请返回新的权重和新的偏置。预测对了，什么都不变；
错了，每个权重移动

    learning_rate * (y - prediction) * 它的输入

偏置则当作输入为 1。

    w              2 个权重的数组
    b              偏置，一个数
    x              2 个输入的数组
    y, prediction  0 或 1
    learning_rate  一个数
"""


def update(w, b, x, y, prediction, learning_rate):
    return w, b
