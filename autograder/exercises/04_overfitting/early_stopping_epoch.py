"""What the judge knows of `early_stopping_epoch` (lesson 04_overfitting)."""

import numpy as np

from autograder.judging.exercise import Case, Exercise

early_stopping_epoch = Exercise("early_stopping_epoch", tolerance=0)


@early_stopping_epoch.cases
def early_stopping_epoch_cases(rng):
    for patience in (2, 3, 5):
        yield Case("stops after `patience` epochs without a new best", _stopping_losses(rng, patience), patience)
    yield Case("stops after `patience` epochs without a new best", _stopping_losses(rng, 4).tolist(), 4)
    yield Case("runs to the end where nothing stops it", np.sort(rng.uniform(1, 3, 9))[::-1].copy(), 2)
    falling = np.sort(rng.uniform(1, 3, 9))[::-1].copy()
    falling[-2:] += 5
    yield Case("runs to the end where nothing stops it", falling, 3)
    yield Case("patience 1", np.array([3.0, 2.0, 2.5, 1.0, 0.5]) + rng.uniform(0, 0.1), 1)
    start = float(rng.uniform(1, 2))
    yield Case("an equal loss is no new best", [start + 1, *[start] * 5, start - 0.5, *[start] * 4, 0.2], 3)
    yield Case("the first epoch is the best", start + np.array([0.0, 0.4, 0.3, 0.2, -0.5, -0.6]), 3)
    zigzag = start + np.array([9.0, 9.5, 8.0, 8.5, 7.0, 7.5, 6.0, 6.5, 5.0, 5.5, 5.6, 1.0])
    yield Case("only epochs in a row count", zigzag, 3)
    yield Case("only epochs in a row count", zigzag, 2)


def _stopping_losses(rng, patience):
    """A hump just short enough, a best, a hump just long enough, a better one, a long hump, the lowest."""
    def hump(length):
        return rng.uniform(3, 5, length)

    start, best, better, lowest = 3.0, *(limit - rng.uniform(0.1, 0.4) for limit in (2.9, 2.4, 1.9))
    return np.concatenate([[start + 1, start], hump(patience - 1), [best], hump(patience), [better], hump(patience + 3),
                           [lowest, lowest + 1]])


def _stopping(losses, patience, counts=lambda loss, best, before: loss < best):
    """(best epoch, last epoch) when `counts` says what a new best is."""
    best = last = 0
    for epoch, loss in enumerate(losses):
        if epoch and counts(loss, losses[best], losses[epoch - 1]):
            best = epoch
        last = epoch
        if epoch - best >= patience:
            break
    return best, last


@early_stopping_epoch.mistake("That is the best epoch of all, also of those after the stop. Training never gets there: "
                              "leave the loop when patience runs out.")
def best_of_all(validation_losses, patience):
    return int(np.argmin(validation_losses))


@early_stopping_epoch.mistake("That is the epoch at which training stops. The weights that are kept are those of the "
                              "best epoch before.")
def epoch_of_the_stop(validation_losses, patience):
    return _stopping(validation_losses, patience)[1]


@early_stopping_epoch.mistake("Training stops one epoch too late: after `patience` epochs without a new best, not "
                              "after one more (>= instead of >).")
def one_epoch_too_late(validation_losses, patience):
    return _stopping(validation_losses, patience + 1)[0]


@early_stopping_epoch.mistake("Training stops one epoch too early: patience counts the epochs without a new best, and "
                              "the best epoch is not one of them.")
def one_epoch_too_early(validation_losses, patience):
    return _stopping(validation_losses, patience - 1)[0] if patience > 1 else 0


@early_stopping_epoch.mistake("Each loss is compared with the epoch before. A new best is smaller than all before it.")
def compared_with_the_epoch_before(validation_losses, patience):
    waiting = 0
    for epoch in range(1, len(validation_losses)):
        waiting = 0 if validation_losses[epoch] < validation_losses[epoch - 1] else waiting + 1
        if waiting >= patience:
            return epoch - patience
    return len(validation_losses) - 1 - waiting


@early_stopping_epoch.mistake("An equal loss counts as a new best. Only a smaller one does (< instead of <=).")
def equal_is_better(validation_losses, patience):
    return _stopping(validation_losses, patience, lambda loss, best, before: loss <= best)[0]


@early_stopping_epoch.mistake("Epochs are counted from 1. Here, as in Keras, the first epoch is 0.")
def counted_from_one(validation_losses, patience):
    return _stopping(validation_losses, patience)[0] + 1


@early_stopping_epoch.mistake("All epochs without a new best are counted together. They must be in a row: start again "
                              "at 0 after every new best.")
def not_in_a_row(validation_losses, patience):
    best = waiting = 0
    for epoch, loss in enumerate(validation_losses):
        if loss < validation_losses[best]:
            best = epoch
        elif epoch:
            waiting += 1
        if waiting >= patience:
            break
    return best


@early_stopping_epoch.mistake("The smallest loss is returned. Return the number of its epoch.")
def the_loss_itself(validation_losses, patience):
    return float(validation_losses[_stopping(validation_losses, patience)[0]])


@early_stopping_epoch.mistake("The answer is always `patience` epochs before the last one. Where nothing stops the "
                              "training, the best epoch can be later.")
def always_patience_before_the_end(validation_losses, patience):
    return max(0, _stopping(validation_losses, patience)[1] - patience)


@early_stopping_epoch.mistake("A larger loss is taken for better. A loss is to become small.")
def larger_is_better(validation_losses, patience):
    return _stopping(validation_losses, patience, lambda loss, best, before: loss > best)[0]


@early_stopping_epoch.right_answer
def stopping_with_a_counter(validation_losses, patience):
    best, best_epoch, waiting = float("inf"), 0, 0
    for epoch, loss in enumerate(validation_losses):
        if loss < best:
            best, best_epoch, waiting = loss, epoch, 0
        else:
            waiting += 1
            if waiting == patience:
                return best_epoch
    return best_epoch


@early_stopping_epoch.right_answer
def stopping_by_keras(validation_losses, patience):
    import keras

    callback = keras.callbacks.EarlyStopping(monitor="val_loss", mode="min", patience=patience)
    callback.set_model(keras.Sequential())
    callback.on_train_begin()
    for epoch, loss in enumerate(validation_losses):
        callback.on_epoch_end(epoch, {"val_loss": loss})
        if callback.stopped_epoch:
            break
    return callback.best_epoch


@early_stopping_epoch.right_answer
def stopping_by_looking_ahead(losses, patience):
    for epoch in range(len(losses)):
        ahead = losses[epoch + 1 : epoch + 1 + patience]
        if losses[epoch] == min(losses[: epoch + 1]) and all(later >= losses[epoch] for later in ahead):
            return epoch
    raise ValueError("no losses")


@early_stopping_epoch.right_answer
def stopping_by_jumps(validation_losses, patience):
    losses = np.asarray(validation_losses)
    best = 0
    while True:
        ahead = np.flatnonzero(losses[best + 1 : best + 1 + patience] < losses[best])
        if not len(ahead):
            return np.int64(best)
        best += 1 + ahead[0]


@early_stopping_epoch.right_answer
def stopping_at_the_smallest_before_the_end(validation_losses, patience):
    end = len(validation_losses)
    for epoch in range(end):
        if epoch - int(np.argmin(validation_losses[: epoch + 1])) >= patience:
            end = epoch + 1
            break
    return int(np.argmin(validation_losses[:end]))
