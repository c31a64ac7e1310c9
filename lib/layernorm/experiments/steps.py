"""How the size of the input decides how large a step gradient descent can take."""
import numpy as np

from ..functional import layer_norm

BEFORE = ("raw", "divided by 16", "LayerNorm", "standardized")
RELATIVE = (1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 0.6, 0.9, 0.99, 1.01, 1.03, 1.1)         # steps, the largest stable one being 1
TIMES = (0, 1, 2, 4, 7, 12, 20, 30, 45, 65, 90, 120, 150, 200, 250, 300)               # when the loss is looked at
LOST = 1e6                                                                            # times the loss at the start


def stable_step(*, pixels, before, track=iter):
    """The largest stable step of gradient descent on scikit-learn's digits, from the spectrum, and descents on both sides of it.

    A linear map without bias, W of shape (64, 10), all zeros at the start, least squares against one-hot targets:

        L(W) = 1/(2n) sum_i |x_i W - y_i|^2,    gradient X^T (X W - Y) / n,    W <- W - step * gradient.

    L is quadratic, with one Hessian H = X^T X / n for each of the ten columns, whatever W is.  Along an eigenvector with
    eigenvalue lambda the distance to the minimum is multiplied by 1 - step * lambda, so that descent converges for
    step < 2 / lambda_max, and for no larger one.  (With softmax and cross-entropy H depends on W, and 2 / lambda_max is
    a statement about one point.)  The number belongs to this loss without a bias, with the mean over the 1797 digits.

    Parameters
    ----------
    pixels : float > 0
        All pixels (0 to 16) are multiplied by it first.
    before : "raw", "divided by 16", "LayerNorm" or "standardized"
        What is done to the pixels then: nothing; a division; LayerNorm of each image over its 64 pixels, eps = 1e-5; or each
        pixel minus its mean over all images and by its standard deviation (0 where it never changes).
    track : callable
        Wraps what is iterated over, as ``tqdm`` does; one that ends early gives fewer descents.

    Returns
    -------
    dict
        ``largest``, 2 / lambda_max; ``condition``, lambda_max over the smallest eigenvalue that is not 0; ``directions``,
        how many are not 0.  ``left``, one number for each step in RELATIVE * largest: what the descent leaves of
        L - min L after 300 steps, the start being 1 (a descent stops once L is a million times what it was).
        ``below`` and ``above``, the same at each of TIMES for 0.99 and for 1.01 * largest; None if it was not run.

    Source
    ------
    LeCun, Kanter and Solla 1991, "Second order properties of error surfaces", for the eigenvalues of X^T X / n and what
    the mean of the inputs does to the largest; digits: Alpaydin and Kaynak 1998, in scikit-learn.
    """
    images, targets = digits()                                    # (1797, 64), (1797, 10)
    x = prepared(images, pixels=pixels, before=before)            # (1797, 64)
    values = eigenvalues(x)                                       # (directions,), largest first
    largest = 2 / values[0]
    best = loss(x, np.linalg.lstsq(x, targets, rcond=None)[0], targets)
    result = {"largest": largest, "condition": values[0] / values[-1], "directions": len(values),
              "left": [], "below": None, "above": None}
    for relative in track(RELATIVE):
        losses = descent(x, targets, relative * largest)          # (TIMES,)
        left = (losses - best) / (losses[0] - best)               # (TIMES,)
        result["left"].append(left[-1])
        if relative in (0.99, 1.01):
            result["below" if relative < 1 else "above"] = left.tolist()
    return result


def digits():
    """The 1797 digits of scikit-learn, shape (1797, 64), pixels from 0 to 16, and which digit each is, one-hot, (1797, 10)."""
    from sklearn.datasets import load_digits  # comes with the package: nothing is fetched
    data = load_digits()
    return data.data, np.eye(10)[data.target]


def prepared(images, *, pixels, before):
    """What the linear map sees of ``images``, shape (n, d); see ``stable_step``."""
    if before not in BEFORE:
        raise ValueError(f"before must be one of {BEFORE}, got {before!r}")
    if not pixels > 0:
        raise ValueError(f"pixels must be positive, got {pixels!r}")
    x = pixels * images                                           # (n, d)
    if before == "divided by 16":
        return x / 16                                             # (n, d)
    if before == "LayerNorm":
        return layer_norm(x)                                      # (n, d)
    if before == "standardized":
        std = x.std(axis=0)                                       # (d,)
        return (x - x.mean(axis=0)) / np.where(std > 0, std, 1)   # (n, d)
    return x


def eigenvalues(x):
    """Those of X^T X / n that are not 0, largest first, from the singular values of X: squaring X first would lose half the digits."""
    singular = np.linalg.svd(x, compute_uv=False)                 # (d,)
    kept = singular[singular > singular[0] * max(x.shape) * np.finfo(x.dtype).eps]
    return kept ** 2 / len(x)


def loss(x, w, y):
    """Half the mean over examples of |x W - y|^2."""
    return np.sum((x @ w - y) ** 2) / (2 * len(x))


def descent(x, y, step):
    """The loss at each of TIMES of gradient descent from W = 0; once it is LOST times the first, it stays where it is."""
    w = np.zeros((x.shape[1], y.shape[1]))                        # (d, classes)
    losses = [loss(x, w, y)]
    for _ in range(TIMES[-1]):
        if losses[-1] < LOST * losses[0]:
            w = w - step * (x.T @ (x @ w - y)) / len(x)           # (d, classes)
            losses.append(loss(x, w, y))
        else:
            losses.append(losses[-1])
    return np.array(losses)[list(TIMES)]                          # (TIMES,)
