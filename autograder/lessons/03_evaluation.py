# %% [markdown]
# # 3 · What accuracy hides
#
# **Goal:** judge a detector by the numbers that matter for its use, and choose the threshold at which it
# reacts.
#
# After this lesson you will be able to
#
# - say why a high accuracy can be worth nothing
# - count hits, misses and false alarms, and turn them into precision, recall and false-positive rate
# - read a confusion matrix row by row, and listen to what is behind a cell
# - draw a ROC curve, measure the area under it, and say what 0.5 and 0.1 mean
# - choose a threshold for a use, on the right clips
#
# *About 150 minutes · 18 points · needs lesson 02*

# %% nbgrader={"grade_id": "setup-03_evaluation"}
from kws_helpers import data, features, plotting, results, training, widgets  # before Keras
from kws_helpers.check import check

import keras
import numpy as np
from IPython.display import Audio

# %% tags=["shows"]
dataset = data.load()
prepared = features.prepare(dataset)
n_classes = len(dataset.class_names)
stop = dataset.class_names.index("stop")
print(dataset)

# %% [markdown]
# We examine two networks. One is the feed-forward network of lesson 02, trained as there and with the same
# three seeds. The other is as simple as a network can be: no hidden layer, just one score for each class and a
# softmax. Start the cell, and read on while it trains (about half a minute).

# %% tags=["shows"]
def compiled(hidden):
    model = keras.Sequential([keras.Input(shape=(49, 40)), keras.layers.Flatten(),
                              *[keras.layers.Dense(size, activation="relu") for size in hidden],
                              keras.layers.Dense(n_classes, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

def ffnn():
    return compiled(hidden=[64, 128])

def linear():
    return compiled(hidden=[])

def trained(build, seeds):
    """Networks that are built alike, one for each seed."""
    runs = training.train_seeds(build, prepared.training.x, prepared.training.y, seeds=seeds,
                                validation_data=(prepared.validation.x, prepared.validation.y), epochs=20,
                                batch_size=32)
    return [network for network, history in runs]

networks = trained(ffnn, seeds=(0, 1, 2))
simple, = trained(linear, seeds=(0,))

# %% tags=["shows"]
labels = prepared.testing.y  # (N,) what was really spoken
outputs = [network.predict(prepared.testing.x, verbose=0) for network in networks]
accuracies = [np.mean(p.argmax(axis=-1) == labels) for p in outputs]
results.remember("FFNN", networks[0], accuracies, dataset)  # for the comparison in lesson 07

network = networks[0]  # from here on, we look at the first of the three
probabilities = {"FFNN": outputs[0], "linear": simple.predict(prepared.testing.x, verbose=0)}  # (N, 12)
print("FFNN, three seeds:", ", ".join(f"{accuracy:.1%}" for accuracy in accuracies))
print(f"linear:            {np.mean(probabilities['linear'].argmax(axis=-1) == labels):.1%}")

# %% [markdown]
# ## A deaf program with a high accuracy
#
# A machine is to obey a single word: "stop". It ignores everything else. Three programs apply for the job: the
# two networks, which react when "stop" is the most probable of their twelve classes, and a third one, which
# answers "unknown" to everything. It does not even look at the sound.
#
# For each testing clip there are now only two questions. Was it "stop"? Did the program react?
#
# **Guess first.** For how many clips is the deaf program right?
#
# <details><summary>About 8 %</summary>
#
# No. That would be its accuracy for twelve classes. Here it is also right when it ignores "yes", "no" and
# silence.
#
# </details>
# <details><summary>About half</summary>
#
# No. That would be right if every second clip were "stop". One in twelve is.
#
# </details>
# <details><summary>About 92 %</summary>
#
# Yes: eleven clips of twelve are something else, and staying silent is right for all of them. Accuracy counts
# every right answer as one, and the easy ones are the most frequent.
#
# </details>

# %% tags=["shows"]
is_stop = labels == stop  # (N,) True where "stop" was spoken
reacts = {"always “unknown”": np.zeros(len(labels), dtype=bool)}
reacts |= {name: given.argmax(axis=-1) == stop for name, given in probabilities.items()}  # adds two entries

def print_shares_right():
    for name, reaction in reacts.items():
        print(f"{name:<18} right for {np.mean(reaction == is_stop):.1%} of the clips")

print_shares_right()

# %% [markdown]
# The deaf program is right for more than nine clips of ten. The networks, which had to be trained, are only a
# few points ahead. By accuracy alone we might hire it.

# %% tags=["claim"]
deaf_share, *shares_right = [np.mean(reaction == is_stop) for reaction in reacts.values()]
shares_right += [np.mean((p.argmax(axis=-1) == stop) == is_stop) for p in outputs]
claim("The deaf program is right for more than nine clips of ten", deaf_share > 0.9, deaf_share)
claim("are only a few points ahead", all(0 < share - deaf_share < 0.06 for share in shares_right),
      [round(float(share), 3) for share in shares_right])

# %% [markdown]
# ## Four outcomes
#
# A single number cannot do justice to two kinds of mistakes. So we count four cases: the keyword was spoken
# or not, and the detector reacted or not.

# %% tags=["shows"]
plotting.four_outcomes("stop")

# %% [markdown]
# "Positive" means that the detector reacted, whether that was good or not; "true" means that it did the right
# thing. The names come from medicine, where a positive test is seldom good news.
#
# From the four counts come the rates. Each is a share: some of the clips, out of a group of clips. What is
# easy to confuse is *which group*.

# %% tags=["shows"]
plotting.rate_tables("stop")

# %% [markdown]
# $$\text{accuracy} = \frac{tp + tn}{tp + tn + fp + fn} \qquad
#   \text{recall} = \frac{tp}{tp + fn} \qquad
#   \text{false-positive rate} = \frac{fp}{fp + tn} \qquad
#   \text{precision} = \frac{tp}{tp + fp}$$
#
# Here $tp$, $fp$, $tn$ and $fn$ are the numbers of clips in the four cells.
#
# - **Recall** (also *true-positive rate*, in medicine *sensitivity*): of all spoken keywords, how many were
#   noticed? Out of a **row** of the table.
# - **False-positive rate**: of everything else, how much set off an alarm? Out of the other row.
# - **Precision**: of all reactions, how many were right? Out of a **column**.
#
# If you want one number for precision $P$ and recall $R$, take their *harmonic mean*, the **F1 score**:
#
# $$F_1 = \frac{2 P R}{P + R}$$
#
# It stays near the smaller of the two. An ordinary mean would give a program with a recall of 100 % and a
# precision of 2 % a comfortable 51 %; its F1 is below 4 %.
#
# ### Nothing divided by nothing
#
# The deaf program never reacts. How precise is it? Of 0 reactions, 0 were right: $0 / 0$. Python raises an
# error, and NumPy gives `nan`, which turns every mean that it gets into to `nan`. One could argue for 1 ("it
# was never wrong"), but then the surest way to a perfect precision would be to do nothing. We follow
# scikit-learn: **a rate without any clips to measure it on is 0.0.** When you meet a rate of exactly 0, look at
# the counts beside it.
#
# ### Exercise: `binary_rates`
#
# *15 minutes · easy · 3 points*
#
# Count the four outcomes and compute the five rates. Both arrays hold truth values (`True`, `False`) or the
# numbers 1 and 0; your function must cope with either.
#
# <details><summary>Hint 1: truth values or numbers</summary>
#
# In an array of truth values, `~` turns `True` into `False`; it turns the number 1 into -2. `a - b` works for
# numbers, but not for truth values. It is easiest to turn numbers into truth values first:
# `np.asarray(true, dtype=bool)`.
#
# </details>
# <details><summary>Hint 2: counting</summary>
#
# `a & b` is True where both are, clip by clip; Python's `and` cannot do that for arrays. `np.sum` of truth
# values counts those that are True.
#
# </details>
# <details><summary>Hint 3: the zeros</summary>
#
# There are five divisions, and each may be 0 / 0. Write a small function of your own, which divides two numbers
# and returns 0.0 where the second is 0.
#
# </details>
#
# This is what you will see when it works:
#
# ![Three tables of outcomes with rates: the deaf program has the recall 0](expected:outcomes)

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `sleepers` counts who slept while the alarm rang, and what share that is:
#
# ```python
# def sleepers(rang, slept):
#     rang, slept = np.asarray(rang, dtype=bool), np.asarray(slept, dtype=bool)
#     through, woke = np.sum(rang & slept), np.sum(rang & ~slept)
#     alarms = through + woke
#     return {"through": through, "share": through / alarms if alarms else 0.0}
# ```
#
# First both become truth values, so that `&` and `~` do what they say. Each count is one combination. The share
# asks for its denominator before it divides: on a day without an alarm it is 0.0.

# %% nbgrader={"grade_id": "binary_rates-solution", "solution": true}
def binary_rates(true, predicted):
    """Count the four outcomes of a detector and compute its rates.

    Args:
        true: was the keyword spoken? Truth values or 0 and 1, shape (N,).
        predicted: did the detector react? Truth values or 0 and 1, shape (N,).

    Returns:
        A dict with the counts "tp", "fp", "tn", "fn" and the rates "accuracy", "precision",
        "recall", "false_positive_rate", "f1", each from 0 to 1. A rate that would be 0 / 0 is 0.0.
    """
    ### BEGIN SOLUTION
    true, predicted = np.asarray(true, dtype=bool), np.asarray(predicted, dtype=bool)
    tp, fp = int(np.sum(true & predicted)), int(np.sum(~true & predicted))
    fn, tn = int(np.sum(true & ~predicted)), int(np.sum(~true & ~predicted))

    def share(part, whole):
        return part / whole if whole else 0.0

    return {"tp": tp, "fp": fp, "tn": tn, "fn": fn,
            "accuracy": share(tp + tn, tp + fp + tn + fn),
            "precision": share(tp, tp + fp),
            "recall": share(tp, tp + fn),
            "false_positive_rate": share(fp, fp + tn),
            "f1": share(2 * tp, 2 * tp + fp + fn)}  # the harmonic mean, after cancelling
    ### END SOLUTION

# %% nbgrader={"grade_id": "binary_rates", "grade": true, "points": 3}
check(binary_rates)
### BEGIN HIDDEN TESTS
judge(binary_rates)
### END HIDDEN TESTS

# %% tags=["figure:outcomes", "shows"]
plotting.outcome_tables({name: binary_rates(is_stop, reaction) for name, reaction in reacts.items()}, "stop")

# %% [markdown]
# Now nobody would hire the deaf program. All its right answers are true negatives.
#
# **To think about.** A fourth program applies, which shouts "stop" at every clip. What are its four counts, its
# recall, its false-positive rate and its precision?
#
# <details><summary>An answer</summary>
#
# There are no negatives at all, neither true nor false ones. The recall is 1, since no keyword is missed. The
# false-positive rate is 1 as well. The precision is the share of "stop" among the clips, one twelfth. Either
# recall or precision is easy to get on its own. Look at them together.
#
# </details>
#
# ## How often is the word spoken at all?
#
# One testing clip in twelve is "stop". In a kitchen it might be one word in a thousand. What does that change?
#
# Take a day with 10,000 words, 10 of them "stop", and a detector with a recall of 90 % and a false-positive
# rate of 2 %.
#
# **Guess first.** When this detector reacts, how often has somebody said "stop"?
#
# <details><summary>In 98 % of the cases</summary>
#
# No. 2 % is the share of the *other words* that set it off, not the share of its reactions that are wrong.
#
# </details>
# <details><summary>In 90 % of the cases</summary>
#
# No. That is the recall: the share of the keywords that it notices.
#
# </details>
# <details><summary>In 4 % of the cases</summary>
#
# Yes. The tree below counts it.
#
# </details>

# %% tags=["shows"]
plotting.frequency_tree(10_000, share=0.001, recall=0.9, false_positive_rate=0.02, keyword="stop")

# %% [markdown]
# Nine detections and about two hundred false alarms: of all reactions, only about 4 % are right. Nothing is
# wrong with the detector. There are just so many other words that even 2 % of them outnumber the keywords.
# With $\pi$ for the share of the keyword among all words, $r$ for the recall and $f$ for the false-positive
# rate:
#
# $$\text{precision} = \frac{\pi\, r}{\pi\, r + (1 - \pi)\, f}$$
#
# Recall and false-positive rate each live in one row of the table, so it does not matter to them how many
# clips the other row has. Precision and accuracy mix the rows. Let us try it: the next cell plays every clip
# that is not "stop" once, ten times and a hundred times to the FFNN.

# %% tags=["shows"]
print(f"{'share of stop':>13}{'recall':>9}{'false-pos. rate':>17}{'precision':>11}{'accuracy':>10}")

def rates_where_rarer(times):
    """The rates of the FFNN when every other clip is played several times, and the share of "stop" then."""
    copies = np.where(is_stop, 1, times)
    rates = binary_rates(np.repeat(is_stop, copies), np.repeat(reacts["FFNN"], copies))
    return rates, np.sum(is_stop) / np.sum(copies)

def print_rarer_and_rarer():
    for times in (1, 10, 100):
        rates, share = rates_where_rarer(times)
        print(f"{share:>13.2%}{rates['recall']:>9.1%}{rates['false_positive_rate']:>17.1%}"
              f"{rates['precision']:>11.1%}{rates['accuracy']:>10.1%}")

print_rarer_and_rarer()

# %% tags=["claim"]
rarer = [rates_where_rarer(times)[0] for times in (1, 10, 100)]
claim("Recall and false-positive rate stand still, precision falls and falls",
      all(np.ptp([rates[name] for rates in rarer]) < 1e-9 for name in ("recall", "false_positive_rate"))
      and np.all(np.diff([rates["precision"] for rates in rarer]) < 0),
      [round(rates["precision"], 3) for rates in rarer])
claim("Most of ours are the other keywords", np.mean(labels[~is_stop] < 10) > 0.7, float(np.mean(labels[~is_stop] < 10)))
claim("of all reactions, only about 4 % are right", round(9 / (9 + 9990 * 0.02), 2) == 0.04)

# %% [markdown]
# Same network, same answers. Recall and false-positive rate stand still, precision falls and falls. So **a
# precision without the frequency of the keyword says nothing about another place**. Recall and false-positive
# rate may be carried from the test to the kitchen, as far as the voices *and the other words* there are like
# those of the test. (Most of ours are the other keywords.) Here is the FFNN's precision for every share, from
# its recall and false-positive rate:

# %% tags=["shows"]
rates = binary_rates(is_stop, reacts["FFNN"])
marks = {"as in our test": np.mean(is_stop), "one word in a thousand": 0.001}
shares = np.sort(np.append(np.geomspace(0.00001, 0.5, 400), list(marks.values())))
detections, false_alarms = shares * rates["recall"], (1 - shares) * rates["false_positive_rate"]
precision = detections / np.maximum(detections + false_alarms, 1e-12)  # 0 for a detector that never reacts
plotting.precision_over_frequency(shares, precision, {text: np.argmin(np.abs(shares - share))
                                                      for text, share in marks.items()})

# %% [markdown]
# ### Question: a test for a rare disease
#
# *10 minutes · medium · 2 points · marked by hand*
#
# Doctors know all this, or should. In a town of 50,000 people, 0.2 % have a disease without knowing it. A
# test finds 95 % of the ill (its recall), and is wrongly positive for 3 % of the healthy. Everybody is tested.
#
# 1. Work out the four outcomes as numbers of people, by hand. Somebody's test is positive: how probable is it
#    that he or she is ill?
# 2. A doctor saves the money and tells everybody: "You are healthy." Compare his accuracy with the accuracy of
#    the test. Which program of this lesson is like him, and which rate gives him away?

# %% [markdown] nbgrader={"grade_id": "rare_disease", "grade": true, "solution": true, "points": 2}
# **Model answer.** Of 50,000 people 100 are ill and 49,900 healthy. The test finds 95 of the ill ($tp$) and
# misses 5 ($fn$). Of the healthy, 3 % are wrongly positive: 1,497 ($fp$); the other 48,403 are rightly
# negative ($tn$). There are 95 + 1,497 = 1,592 positive tests, and 95 of these people are ill: the precision
# is 95 / 1,592, about 6 %. A positive test is a reason for a second test, not a diagnosis.
#
# The test is right for 95 + 48,403 = 48,498 people, an accuracy of 97.0 %. The doctor is right for all 49,900
# healthy people, an accuracy of 99.8 %, and of no use to the 100 who need him. He is the program that always
# answers "unknown": where one kind of case is rare, ignoring it costs almost no accuracy. His recall of 0
# gives him away (so do his precision and his F1, which are 0 by our rule).
#
# **Marking.** 1 point: the four numbers and a precision of about 6 % (half a point for a slip in the
# arithmetic with the right way of counting; nothing for "95 %"). 1 point: the doctor's accuracy is higher
# than the test's (99.8 % against 97.0 %) *and* the recall of 0, or the always-"unknown" program, is named as
# the reason why that means nothing.

# %% [markdown]
# <details><summary>What a good answer mentions</summary>
#
# - the four numbers of people, from the 100 who are ill and the 49,900 who are not
# - the precision of the test, and that it is far below its recall
# - the doctor's accuracy is the higher one, and worth nothing
# - he is the program that always answers "unknown"; his recall is 0
#
# </details>
#
# ## Twelve classes: the confusion matrix
#
# So far there was one keyword. The networks know twelve classes, and can take any for any other. All of that
# fits into one table, the **confusion matrix**: row $i$, column $j$ holds the number of clips that were
# really class $i$ and were taken for class $j$,
#
# $$C_{ij} = \text{number of clips with true class } i \text{ and answer } j.$$
#
# Right answers are on the diagonal. (Some books have rows and columns the other way round. Look at the labels
# of the axes before you read one.)
#
# ### Exercise: `confusion_matrix`
#
# *15 minutes · medium · 3 points*
#
# There is a row and a column for each of the `n_classes` classes, also for those that do not occur. The
# entries are counts, so they are whole numbers.
#
# <details><summary>Hint 1</summary>
#
# Start with zeros, and go through the clips one by one: each adds 1 to one cell. Which one? What type of
# number does `np.zeros` give if you do not say?
#
# </details>
# <details><summary>Hint 2: without a loop</summary>
#
# `matrix[true, predicted] += 1` looks right and is not: where the same pair of classes comes twice, NumPy
# adds only once. `np.add.at` is made for this. Or turn each pair into a single number and count with
# `np.bincount`.
#
# </details>
#
# This is what you will see when it works:
#
# ![A square of twelve rows and columns, brightest on the diagonal, with a number in each cell and a frame
# around the largest number beside the diagonal](expected:confusion)

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `prices_paid` adds up what each guest paid for each drink:
#
# ```python
# def prices_paid(guests, drinks, prices, n_guests, n_drinks):
#     table = np.zeros((n_guests, n_drinks))
#     for guest, drink, price in zip(guests, drinks, prices):
#         table[guest, drink] += price
#     return table
# ```
#
# The size comes from the arguments, so a guest who drank nothing still has a row. Each step of the loop changes one
# cell, and the same cell may come again. `np.add.at(table, (guests, drinks), prices)` does all of it at once.

# %% nbgrader={"grade_id": "confusion_matrix-solution", "solution": true}
def confusion_matrix(true, predicted, n_classes):
    """Count how often each class was taken for each class.

    Args:
        true: what was really spoken, integers from 0 to n_classes - 1, shape (N,).
        predicted: what the network answered, likewise, shape (N,).
        n_classes: the number of classes, whether they occur or not.

    Returns:
        Whole numbers, shape (n_classes, n_classes): in row i, column j the number of clips of class i
        that were taken for class j.
    """
    ### BEGIN SOLUTION
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(matrix, (true, predicted), 1)
    return matrix
    ### END SOLUTION

# %% nbgrader={"grade_id": "confusion_matrix", "grade": true, "points": 3}
check(confusion_matrix)
### BEGIN HIDDEN TESTS
judge(confusion_matrix)
### END HIDDEN TESTS

# %% tags=["figure:confusion", "shows"]
answer = probabilities["FFNN"].argmax(axis=-1)
confusions = confusion_matrix(labels, answer, n_classes)
plotting.confusion_picture(confusions, dataset.class_names)

# %% [markdown]
# **Read it row by row.** A row is a word; it shows what became of the clips in which that word was spoken. Then
# read a column: everything that the network called by that name. A column with much outside the diagonal is a
# word that the network says too readily.
#
# **Guess first.** Look at the row of "go". For which word is "go" most often taken?
#
# <details><summary>For "stop"</summary>
#
# No, although both have an "o" on paper. The vowels sound different.
#
# </details>
# <details><summary>For "no"</summary>
#
# Yes, and "no" is most often taken for "go". From the vowel on, the two words sound the same.
#
# </details>
# <details><summary>For all words alike</summary>
#
# No. Mistakes have favourites, often words that *sound* alike.
#
# </details>
#
# Behind every number there are clips. The cell that is framed holds the most frequent mistake. Listen to two
# of its clips, those for which the network was surest. Can you hear a reason?

# %% tags=["claim"]
everybody = sum(confusion_matrix(labels, p.argmax(axis=-1), n_classes) for p in outputs)
wrong = everybody - np.diag(np.diag(everybody))
go, no = dataset.class_names.index("go"), dataset.class_names.index("no")
claim("and \"no\" is most often taken for \"go\"", wrong[go].argmax() == no and wrong[no].argmax() == go
      and confusions[go].argmax() in (go, no), [int(wrong[go, no]), int(wrong[no, go])])

# %% tags=["shows"]
mistakes = confusions - np.diag(np.diag(confusions))
row, column = np.unravel_index(mistakes.argmax(), mistakes.shape)
behind = np.flatnonzero((labels == row) & (answer == column))  # the clips behind this cell
surest = behind[np.argsort(-probabilities["FFNN"][behind, column], kind="stable")]
spoken, taken_for = dataset.class_names[row], dataset.class_names[column]
print(f"{len(behind)} clips of “{spoken}” were taken for “{taken_for}”:")

def print_surest():
    for number in surest[:2]:
        print(f"  {dataset.testing.names[number]}: {probabilities['FFNN'][number, column]:.1%} sure")

print_surest()

# %% tags=["shows"]
Audio(dataset.testing.clips[surest[0]], rate=data.SAMPLE_RATE, normalize=False)

# %% tags=["shows"]
Audio(dataset.testing.clips[surest[min(1, len(surest) - 1)]], rate=data.SAMPLE_RATE, normalize=False)

# %% [markdown]
# **To think about.** What would a row mean if you called `confusion_matrix(answer, labels, n_classes)`?
#
# <details><summary>An answer</summary>
#
# The matrix would be transposed, and a row would be an answer: of everything that was taken for "go", what had
# really been said? That is how you read precision.
#
# </details>
#
# ### One class against the rest
#
# The table of four outcomes is hidden in the matrix, once for every class. For "stop", call every other class
# "something else": $tp$ is the cell on the diagonal, the rest of its row are misses, the rest of its column
# false alarms, and everything that is neither in the row nor in the column is a true negative. So each class
# has a recall and a precision.
#
# Their mean over the classes is called the **macro average**:
#
# $$R_\text{macro} = \frac{1}{K} \sum_{k=1}^{K} R_k$$
#
# $K$ is the number of classes and $R_k$ the recall of class $k$. Every class counts the same, no matter how
# many clips it has.

# %% tags=["shows"]
by_class = [binary_rates(labels == k, answer == k) for k in range(n_classes)]
recall = np.array([rates["recall"] for rates in by_class])
precision = np.array([rates["precision"] for rates in by_class])
plotting.rates_by_class({"recall": recall, "precision": precision}, dataset.class_names)
print(f"accuracy {np.mean(answer == labels):.1%}, macro recall {recall.mean():.1%}, "
      f"macro precision {precision.mean():.1%}")

# %% [markdown]
# The classes differ much more than one number could tell. Accuracy and macro recall are the same here, but only
# because the testing split has equally many clips of each class. In a living room almost everything is
# "unknown". Let us play every "unknown" clip thirty times, and ask the deaf program too:

# %% tags=["shows"]
times = np.where(labels == dataset.class_names.index("unknown"), 30, 1)
living_room = np.repeat(labels, times)
deaf = np.full(len(labels), dataset.class_names.index("unknown"))

def two_means(given):
    """Accuracy and macro recall in the living room."""
    given = np.repeat(given, times)
    recalls = [binary_rates(living_room == k, given == k)["recall"] for k in range(n_classes)]
    return np.mean(given == living_room), np.mean(recalls)

def print_two_means():
    for name, given in {"FFNN": answer, "always “unknown”": deaf}.items():
        print("{:<18} accuracy {:>6.1%}   macro recall {:>6.1%}".format(name, *two_means(given)))

print_two_means()

# %% [markdown]
# Accuracy once more prefers the program that hears nothing. Its macro recall is one twelfth: one class
# perfect, eleven at 0.

# %% tags=["claim"]
claim("The classes differ much more than one number could tell", np.ptp(recall) > 0.2, np.ptp(recall))
claim("Accuracy and macro recall are the same here", abs(np.mean(answer == labels) - recall.mean()) < 1e-9)
claim("Accuracy once more prefers the program that hears nothing",
      all(two_means(deaf)[0] > two_means(p.argmax(axis=-1))[0] + 0.05 for p in outputs), two_means(deaf)[0])
claim("Its macro recall is one twelfth", abs(two_means(deaf)[1] - 1 / 12) < 1e-9)

# %% [markdown]
# ## A threshold, and every threshold
#
# Until now the FFNN reacted when "stop" was the most probable class. But a probability can be asked for more:
# react at 0.2 already, or only above 0.99? The limit is called the **threshold**. A lower one finds more
# keywords and raises more false alarms. Every threshold is another detector, made of the same network.
#
# There is a practical nuisance: the probabilities of a network that is sure of itself crowd near 0 and 1. We
# pull them apart with the **log-odds**: $\ln\frac{p}{1 - p}$, where $p$ is the probability of "stop". A $p$ of
# 0.5 becomes 0, 0.9 becomes 2.2, and 0.999 becomes 6.9.

# %% tags=["shows"]
def log_odds(probabilities, k):
    """How much class k is favoured over all others together: ln(p / (1 - p)), shape (N,)."""
    p = probabilities[:, k].astype(float)
    others = np.delete(probabilities, k, axis=1).sum(axis=1)
    return np.log((p + 1e-9) / (others + 1e-9))  # p may have been rounded to 0 or 1

score = log_odds(probabilities["FFNN"], stop)
plotting.score_histograms({"“stop”": score[is_stop], "others": score[~is_stop]}, threshold=0.0)

# %% [markdown]
# Two groups, and they overlap. With only about fifty clips of "stop", their shape is ragged. (The bar at the far
# left gathers all clips with a probability of about a billionth or less.) Everything to the right of the line sets
# off the detector: much of one group, and little of the other. Where they overlap, no threshold is right for
# all clips.
#
# Push the line from the far right to the far left. First nothing reacts. Then clips come in, one after another;
# keywords raise the **true-positive rate** (TPR, another name for recall), all others raise the
# **false-positive rate** (FPR). In the end everything reacts. Plotted against each other, the two rates draw
# a curve from (0, 0) to (1, 1): the **ROC curve** (*receiver operating characteristic*, a name from the days
# of radar). For a threshold $\theta$:
#
# $$\text{TPR}(\theta) = \frac{\text{keyword clips with score} \ge \theta}{\text{keyword clips}} \qquad
#   \text{FPR}(\theta) = \frac{\text{other clips with score} \ge \theta}{\text{other clips}}$$
#
# ### Exercise: `roc_curve`
#
# *20 minutes · medium · 3 points*
#
# Which thresholds are worth trying? Nothing changes between one observed score and the next, so it is enough
# to take each **distinct score**, from the highest to the lowest. In front of them comes `np.inf`, which no
# score reaches: the point (0, 0). A score *equal* to the threshold counts as a detection.
#
# Scores may be any numbers, not just probabilities.
#
# <details><summary>Hint 1: the thresholds</summary>
#
# `np.unique` gives the distinct values, rising. `[::-1]` reverses an array. `np.append(a, b)` puts one array
# after another.
#
# </details>
# <details><summary>Hint 2: the rates</summary>
#
# For one threshold and the keyword clips alone, what is the mean of `score >= threshold`?
#
# </details>
# <details><summary>Hint 3: picking clips</summary>
#
# `score[is_keyword]` picks clips only if `is_keyword` holds truth values. With 0 and 1 it would take
# `score[0]` and `score[1]` again and again.
#
# </details>
#
# This is what you will see when it works, for three classes and both networks:
#
# ![Two ROC curves for each of three classes; for "unknown" they are closest to
# the diagonal](expected:roc)

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `shares_sold` tells which share of the customers buys at each price. Who would pay
# at least the price buys.
#
# ```python
# def shares_sold(would_pay):
#     prices = np.append(np.inf, np.unique(would_pay)[::-1])
#     shares = np.array([np.mean(would_pay >= price) for price in prices])
#     return prices, shares
# ```
#
# The prices worth trying are those that somebody would just pay; at infinity nobody buys. The mean of truth values
# is the share of True. A ROC curve does this for two groups of clips.

# %% nbgrader={"grade_id": "roc_curve-solution", "solution": true}
def roc_curve(is_keyword, score):
    """The rates of a detector at every threshold.

    Args:
        is_keyword: was the keyword spoken? Truth values or 0 and 1, shape (N,), some of each.
        score: the higher, the more the detector believes in the keyword; any numbers, shape (N,).

    Returns:
        fpr: the false-positive rate at each threshold, shape (M + 1,) for M distinct scores.
        tpr: the true-positive rate (recall) at each threshold, likewise.
        thresholds: infinity, then the distinct scores, falling. A score >= threshold is a detection.
    """
    ### BEGIN SOLUTION
    is_keyword = np.asarray(is_keyword, dtype=bool)
    thresholds = np.append(np.inf, np.unique(score)[::-1])
    fpr = np.array([np.mean(score[~is_keyword] >= threshold) for threshold in thresholds])
    tpr = np.array([np.mean(score[is_keyword] >= threshold) for threshold in thresholds])
    return fpr, tpr, thresholds
    ### END SOLUTION

# %% nbgrader={"grade_id": "roc_curve", "grade": true, "points": 3}
check(roc_curve)
### BEGIN HIDDEN TESTS
judge(roc_curve)
### END HIDDEN TESTS

# %% tags=["figure:roc", "shows"]
def curves_of(word):
    k = dataset.class_names.index(word)
    return {name: roc_curve(labels == k, log_odds(p, k))[:2] for name, p in probabilities.items()}

panels = {f"“{word}”": curves_of(word) for word in ("stop", "up", "unknown")}
plotting.roc_panels(panels)

# %% [markdown]
# The upper left corner is paradise: all keywords, no false alarms. The dotted diagonal is chance. A curve that
# runs above another one finds more keywords at the same price. Where two curves cross, it depends on how many
# false alarms you can bear; so look at the part of the curve that you are going to use. For a keyword spotter
# that is the far left. Here it is, magnified:

# %% tags=["shows"]
plotting.roc_panels(panels, up_to=0.1)

# %% [markdown]
# **Guess first.** We take the probability as the score, instead of its log-odds. What happens to the curve?
#
# <details><summary>It stays the same</summary>
#
# Yes. The logarithm stretches the scores, but keeps their order, and only the order decides which clips are
# above a threshold. Only the *thresholds* are other numbers.
#
# </details>
# <details><summary>It gets steeper, since probabilities crowd near 0 and 1</summary>
#
# No. The curve knows nothing of how far apart two scores are. For the same reason, a network may be far too
# sure of itself and still have a good ROC curve.
#
# </details>
# <details><summary>It has fewer points</summary>
#
# No: different probabilities have different log-odds.
#
# </details>
#
# ## The area under the curve
#
# Is there one number for the whole curve? The usual one is the **area under the curve** (AUC): 1 in paradise,
# 0.5 for the diagonal. The curve is a chain of points, so the area consists of strips with a slanting top,
# **trapezoids**: width times mean height.

# %% tags=["shows"]
plotting.trapezoids(np.array([0.0, 0.1, 0.1, 0.4, 0.6, 1.0]), np.array([0.0, 0.3, 0.6, 0.8, 0.8, 1.0]))

# %% [markdown]
# For points $(x_1, y_1), \dots, (x_n, y_n)$ whose $x$ never falls:
#
# $$A = \sum_{i=1}^{n-1} (x_{i+1} - x_i) \cdot \frac{y_i + y_{i+1}}{2}$$
#
# ### Exercise: `area_under_curve`
#
# *10 minutes · easy · 2 points*
#
# The strips have different widths, and some have none: where the curve goes straight up, two points have the
# same $x$. Take only the points that you are given; they need not start at 0.
#
# <details><summary>Hint 1</summary>
#
# `x[1:]` is every point but the first, `x[:-1]` every point but the last. What is `x[1:] - x[:-1]`?
#
# </details>
# <details><summary>Hint 2: check your result</summary>
#
# One strip from $x = 0$ to $x = 2$ with heights 1 and 3 has the area 4. In the figure above, the first strip
# has 0.015, the second one nothing (no width), and all five together have 0.745.
#
# </details>
#
# When it works, the next cell prints an area of exactly 0.5 for the diagonal.

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `way_length` adds up the straight pieces of a way through points:
#
# ```python
# def way_length(x, y):
#     along = x[1:] - x[:-1]
#     up = y[1:] - y[:-1]
#     return float(np.sum(np.sqrt(along**2 + up**2)))
# ```
#
# `x[1:] - x[:-1]` has one number for each pair of neighbours: n points have n - 1 pieces. Each piece gets its
# length, and the sum comes last. Strips are added up in the same way.

# %% nbgrader={"grade_id": "area_under_curve-solution", "solution": true}
def area_under_curve(x, y):
    """The area between a chain of points and the x axis, by trapezoids.

    Args:
        x: positions that never fall, shape (n,), at least two.
        y: heights, shape (n,).

    Returns:
        The area as one number.
    """
    ### BEGIN SOLUTION
    widths = x[1:] - x[:-1]
    mean_heights = (y[1:] + y[:-1]) / 2
    return float(np.sum(widths * mean_heights))
    ### END SOLUTION

# %% nbgrader={"grade_id": "area_under_curve", "grade": true, "points": 2}
check(area_under_curve)
### BEGIN HIDDEN TESTS
judge(area_under_curve)
### END HIDDEN TESTS

# %% tags=["shows"]
print(f"diagonal: {area_under_curve(np.array([0.0, 1.0]), np.array([0.0, 1.0]))}")

def print_areas():
    for name, p in probabilities.items():
        fpr, tpr, _ = roc_curve(is_stop, log_odds(p, stop))
        print(f"{name}, “stop”: {area_under_curve(fpr, tpr):.3f}")

print_areas()

# %% [markdown]
# **What the number means.** Draw one clip of "stop" and one other clip at random. The area is the probability
# that "stop" has the higher score (a tie counts half). Let us count all pairs:

# %% tags=["shows"]
one, other = score[is_stop][:, np.newaxis], score[~is_stop][np.newaxis, :]
pairs_in_order = np.mean((one > other) + 0.5 * (one == other))
print(f"pairs in the right order: {pairs_in_order:.3f}")

# %% [markdown]
# That also explains 0.5: scores that know nothing put a pair in the right order every other time. And what if
# the area is *below* 0.5? Here are random scores, and the FFNN's scores with a wrong sign.

# %% tags=["claim"]
claim("much of one group, and little of the other", np.mean(score[is_stop] >= 0) > 0.5 > 0.1 > np.mean(score[~is_stop] >= 0),
      [round(float(np.mean(score[group] >= 0)), 3) for group in (is_stop, ~is_stop)])
claim("The area is the probability", abs(pairs_in_order - area_under_curve(*roc_curve(is_stop, score)[:2])) < 1e-6,
      pairs_in_order)

# %% tags=["shows"]
rng = np.random.default_rng(0)
some_scores = {"FFNN": score, "FFNN, wrong sign": -score}
some_scores |= {f"random scores {number}": rng.normal(size=len(labels)) for number in (1, 2, 3)}
curves = {}

def add_curves():
    for name, values in some_scores.items():
        fpr, tpr, _ = roc_curve(is_stop, values)
        curves[f"{name}: {area_under_curve(fpr, tpr):.2f}"] = fpr, tpr

add_curves()
plotting.roc_panels({"“stop”, and the area under each curve": curves})

# %% [markdown]
# With the sign flipped, an area $A$ becomes $1 - A$. So an area clearly below 0.5 is not a weak detector but a
# good one that says the opposite: somewhere a sign, the order of a sort or the two classes were swapped. The
# worst area is 0.5, not 0. (A little above or below 0.5 is just chance, as the three random scorings show.)

# %% tags=["claim"]
areas_shown = [area_under_curve(*curve) for curve in curves.values()]
claim("With the sign flipped, an area $A$ becomes $1 - A$", abs(areas_shown[0] + areas_shown[1] - 1) < 1e-9)
claim("A little above or below 0.5 is just chance", all(abs(area - 0.5) < 0.12 for area in areas_shown[2:]),
      [round(area, 2) for area in areas_shown[2:]])

# %% [markdown]
#
# ### Every class against the rest
#
# One area for each class, and the macro average for the whole network:

# %% tags=["shows"]
def areas_of(p):
    """The area for each class, (n_classes,)."""
    curves = [roc_curve(labels == k, log_odds(p, k))[:2] for k in range(n_classes)]
    return np.array([area_under_curve(fpr, tpr) for fpr, tpr in curves])

areas = {name: areas_of(p) for name, p in probabilities.items()}
shown = {f"area, {name}": values for name, values in areas.items()} | {"recall, FFNN": recall}
plotting.rates_by_class(shown, dataset.class_names)

def print_mean_areas():
    for name, values in areas.items():
        print(f"macro average of the area, {name}: {values.mean():.3f}")

print_mean_areas()

# %% [markdown]
# The recall is that of lesson 02's rule: the most probable class wins. Both put silence first. Look for the
# class for which they differ most:

# %% tags=["claim"]
silence = dataset.class_names.index("silence")
claim("Both put silence first", areas["FFNN"].argmax() == silence == recall.argmax(), recall[silence])
claim("for \"unknown\" they are closest to the diagonal",
      all(of_class.argmin() == dataset.class_names.index("unknown") for of_class in areas.values()),
      [round(float(of_class.min()), 3) for of_class in areas.values()])

# %% tags=["shows"]
worst = int(np.argmax(areas["FFNN"] - recall))
print(f"“{dataset.class_names[worst]}”: area {areas['FFNN'][worst]:.2f}, but recall {recall[worst]:.2f} "
      f"at a false-positive rate of {by_class[worst]['false_positive_rate']:.3f}")
fpr, tpr, _ = roc_curve(labels == worst, log_odds(probabilities["FFNN"], worst))
print(f"with a lower threshold: recall {tpr[fpr <= 0.1][-1]:.2f} at a false-positive rate of "
      f"{fpr[fpr <= 0.1][-1]:.3f}")

# %% [markdown]
# Most pairs of this class are in the right *order*, and yet more than half of its clips are missed: a clip has to
# win against eleven other classes at once. With a lower threshold the network finds more of them, and raises more
# false alarms. "The most probable class wins" is one point on the curve, and not always the one that you want.

# %% tags=["claim"]
at_tenth = tpr[fpr <= 0.1][-1]
claim("Most pairs of this class are in the right *order*", areas["FFNN"][worst] > 0.7, areas["FFNN"][worst])
claim("more than half of its clips are missed", recall[worst] < 0.5, recall[worst])
claim("With a lower threshold the network finds more of them", at_tenth > recall[worst], at_tenth)

# %% [markdown]
# ## Choose a threshold for a use
#
# A threshold is a setting, like the number of epochs or the size of a layer. Lesson 01 had a rule for settings:
# choose them on the **validation** clips, and use the testing clips once, at the end, to measure what came out.
# So from here on we look at the validation clips.
#
# Drag the slider (or click on it and use the arrow keys), and watch the bars, the table and the point on the
# curve. At which threshold is the accuracy highest, and would you use that one? Find a threshold with at most
# one false alarm in a hundred clips: what recall is left? Then try other words.

# %% tags=["shows"]
validation_probabilities = network.predict(prepared.validation.x, verbose=0)
score_validation = log_odds(validation_probabilities, stop)
stop_validation = prepared.validation.y == stop

def look(keyword, threshold):
    k = dataset.class_names.index(keyword)
    is_word, of_class = prepared.validation.y == k, log_odds(validation_probabilities, k)
    rates = binary_rates(is_word, of_class >= threshold)
    fpr, tpr, _ = roc_curve(is_word, of_class)
    return plotting.draw_threshold(is_word, of_class, threshold, rates, (fpr, tpr), keyword)

widgets.explore(look, {"keyword": widgets.choice("keyword", list(dataset.class_names), "stop"),
                       "threshold": widgets.slider("threshold", -15.0, 15.0, -3.0, 0.5)})

# %% [markdown]
# (On a web page the slider is missing and you see one threshold, -3. The network reacts there as soon as it gives
# "stop" a probability of 5 %.)
#
# What does a false-positive rate mean for somebody who lives with the machine? Say that it decides once a second
# while people talk about other things. An hour has 3,600 seconds.

# %% tags=["shows"]
fpr, tpr, thresholds = roc_curve(stop_validation, score_validation)
print("false-positive rate   false alarms per hour   recall")

def print_limits():
    for limit in (0.1, 0.05, 0.01, 0.001):
        print(f"{limit:>19.1%}{3600 * limit:>24,.1f}{tpr[fpr <= limit][-1]:>9.1%}")

print_limits()
fewest = 1 / np.sum(~stop_validation)
print(f"\nThe smallest rate above 0 that {np.sum(~stop_validation)} clips can show: {fewest:.2%}, "
      f"which is {3600 * fewest:.1f} an hour.")

# %% [markdown]
# A rate of 1 % sounds small, and is 36 false alarms an hour: nobody would keep such a machine. This is why people
# who build spotters speak of *false alarms per hour* and test with many hours of other speech. Our few clips
# cannot even show a rate of 0.1 %, so the last line is really the recall without any false alarm. You will
# measure false alarms per hour in lesson 08.

# %% tags=["claim"]
claim("cannot even show a rate of 0.1 %", fewest > 0.001, fewest)

# %% [markdown]
# ### Exercise: `threshold_for_false_alarms`
#
# *15 minutes · medium · 3 points*
#
# Usually somebody else says how many false alarms are bearable. You then want as many keywords as possible:
# the **lowest** threshold that keeps the promise. Find the lowest observed score whose false-positive rate is
# at most `max_fpr`. Where even the highest score raises too many false alarms, return `np.inf`: it is better not
# to react at all.
#
# <details><summary>Hint 1</summary>
#
# `roc_curve` has already tried every threshold, infinity included. Which of its points keep the promise?
#
# </details>
# <details><summary>Hint 2</summary>
#
# The thresholds fall, and the false-positive rate never does. So the points that keep the promise come first,
# and the one you want is the last of them.
#
# </details>
#
# When it works, the cell below the check shows a rate on the validation clips that just keeps the promise of
# 5 %.

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `deepest_dive` finds the greatest depth at which the pressure is bearable:
#
# ```python
# def deepest_dive(depths, pressures, max_pressure):  # both rise
#     return depths[pressures <= max_pressure][-1]
# ```
#
# The comparison gives truth values, which pick the depths that are allowed. They rise, so the last one is the
# deepest. If `depths` begins with 0 and a pressure of 0, there is always one to pick. What begins your ROC curve?

# %% nbgrader={"grade_id": "threshold_for_false_alarms-solution", "solution": true}
def threshold_for_false_alarms(is_keyword, score, max_fpr):
    """The lowest threshold that raises few enough false alarms.

    Args:
        is_keyword: was the keyword spoken? Truth values or 0 and 1, shape (N,), some of each.
        score: the higher, the more the detector believes in the keyword; any numbers, shape (N,).
        max_fpr: the highest bearable false-positive rate, 0 to 1.

    Returns:
        The lowest of the observed scores (of keyword and other clips alike) for which the
        false-positive rate is at most max_fpr, where score >= threshold is a detection; infinity
        if there is none.
    """
    ### BEGIN SOLUTION
    fpr, _, thresholds = roc_curve(is_keyword, score)
    return thresholds[fpr <= max_fpr][-1]  # infinity is among them
    ### END SOLUTION

# %% nbgrader={"grade_id": "threshold_for_false_alarms", "grade": true, "points": 3}
check(threshold_for_false_alarms)
### BEGIN HIDDEN TESTS
judge(threshold_for_false_alarms)
### END HIDDEN TESTS

# %% [markdown]
# Choose it on the validation clips; then measure on the testing clips:

# %% tags=["shows"]
threshold = threshold_for_false_alarms(stop_validation, score_validation, max_fpr=0.05)
chosen_on = binary_rates(stop_validation, score_validation >= threshold)
measured = binary_rates(is_stop, score >= threshold)
print(f"threshold {threshold:.2f}")

def print_rates():
    for name, rates in {"validation": chosen_on, "testing": measured}.items():
        print(f"{name:<11} false-positive rate {rates['false_positive_rate']:.1%}, recall {rates['recall']:.1%}")

print_rates()

# %% [markdown]
# The two lines need not agree exactly. Both splits are small samples: a share $q$ that was measured on $n$
# clips is uncertain by about $\sqrt{q (1 - q) / n}$ in either direction: two times in three it is off by less.
# (Where $q$ is 0 the formula says ±0, which is too good to be true. Lesson 08 has a rule for that.)

# %% tags=["shows"]
def print_uncertainty():
    for name, group in {"recall": is_stop, "false_positive_rate": ~is_stop}.items():
        q, n = measured[name], np.sum(group)
        print(f"{name}: {q:.1%} ± {np.sqrt(q * (1 - q) / n):.1%}, measured on {n} clips")

print_uncertainty()

# %% [markdown]
# **To think about.** The promise is 0.1 % instead of 5 %. How many false alarms may there be on the validation
# clips? How much would you trust the threshold?
#
# <details><summary>An answer</summary>
#
# None: a thousandth of a few hundred clips is less than one clip. The threshold then depends on a single clip,
# the highest-scoring of the others. With another speaker it would be elsewhere.
#
# </details>

# %% tags=["claim"]
claim("just keeps the promise of 5 %", 0.04 < chosen_on["false_positive_rate"] <= 0.05,
      chosen_on["false_positive_rate"])
claim("None: a thousandth of a few hundred clips is less than one clip", 0.001 * np.sum(~stop_validation) < 1)

# %% [markdown]
# ### Question: two uses, two thresholds
#
# *15 minutes · medium · 2 points · marked by hand*
#
# The FFNN is to listen for "stop" in two places:
#
# - **A saw.** In an emergency, the person at the saw can shout "stop"; then the blade stops. It takes five
#   seconds to start it again. There is also a button.
# - **A music player** in a living room, which is on all day. At "stop" it stops the music.
#
# For each of them: which mistake is worse, a miss or a false alarm, and why? Choose a threshold with the widget
# above or with `threshold_for_false_alarms`, both on the validation clips, and give its recall and its
# false-positive rate. Would you ship it? (About 100 words in all.)

# %% [markdown] nbgrader={"grade_id": "choose_threshold", "grade": true, "solution": true, "points": 2}
# **Model answer.** *The saw*: a miss may cost a finger, a false alarm costs five seconds. So recall comes
# first: a low threshold, for example the one for 10 % false positives or even more, and the blade stops now
# and then for nothing. The widget shows that even then this network misses some words; it must never replace
# the button, only add to it. I would not ship it as a safety device.
#
# *The music player*: nobody is hurt by a miss, one says "stop" again. But it hears other words for hours, so
# even a rate of 1 % means dozens of false alarms an hour, and people would switch it off. So a high
# threshold, for 1 % or less. The recall that is left is lower than at the saw, and 1 % is still far too much.
# I would not ship that one either; it takes a better network (lessons 04 to 07) and a test with many more
# clips.
#
# **Marking.** 1 point for each use: half a point for the worse mistake with a reason, half a point for a
# threshold (lower for the saw than for the player) with its recall and false-positive rate, as the student's
# own notebook shows them. "Ship it" is fine with a reason that knows the rates. Nothing for "the threshold
# with the highest accuracy" or for the same threshold in both places.

# %% [markdown]
# <details><summary>What a good answer mentions</summary>
#
# - the saw: a miss is worse; a low threshold, with its recall and false-positive rate on the validation clips
# - the player: false alarms are worse, since it listens for hours; a higher threshold, with both rates
# - what the rates mean in use: misses by the saw, false alarms per hour in the living room
# - a decision for each, with a reason
#
# </details>
#
# ## What went wrong here?
#
# A colleague wants a threshold for 1 % false alarms. "The validation split is too small for that", she says,
# and she has a point. "I take the largest group of clips: there 1 % is dozens of false alarms, so the
# threshold will be exact." She uses your functions, and they work. Then she measures on the testing clips.

# %% tags=["shows"]
most = max([prepared.training, prepared.validation, prepared.testing], key=len)
for_most = network.predict(most.x, verbose=0)
score_most, stop_most = log_odds(for_most, stop), most.y == stop
her_threshold = threshold_for_false_alarms(stop_most, score_most, max_fpr=0.01)

def print_both_rates():
    for name, truth, values in [("her clips", stop_most, score_most), ("testing", is_stop, score)]:
        rates = binary_rates(truth, values >= her_threshold)
        print(f"{name:<10} {len(truth):>6,} clips: false-positive rate {rates['false_positive_rate']:.1%}, "
              f"recall {rates['recall']:.1%}")

print_both_rates()
print(f"threshold: {her_threshold:.2f}")

# %% [markdown]
# She promised 1 %. Find out what happened before you open the answer. The next figure shows the scores of the
# clips that are *not* "stop", hers and the testing clips, and her threshold.

# %% tags=["shows"]
plotting.score_histograms({"others, her clips": score_most[~stop_most], "others, testing": score[~is_stop]},
                          threshold=her_threshold)

# %% tags=["claim"]
hers = binary_rates(is_stop, score >= her_threshold)
claim("the false-positive rate is many times what was promised", hers["false_positive_rate"] > 0.05,
      hers["false_positive_rate"])
further_left = np.median(score[~is_stop]) - np.median(score_most[~stop_most])
claim("the scores of the others lie far to the left", further_left > 1, further_left)
claim("it is sure about nearly every clip", np.mean(for_most.max(axis=-1) > 0.9) > 0.95,
      float(np.mean(for_most.max(axis=-1) > 0.9)))
claim("The recall on testing clips looks splendid", hers["recall"] > measured["recall"] + 0.1, hers["recall"])

# %% [markdown]
# <details><summary>What happened</summary>
#
# The largest group of clips is the *training* split. The network has learned it by heart
# (lesson 02): it is sure about nearly every clip, so the scores of the others lie far to the left, and
# a very low threshold is enough to hold back 99 % of them. Voices that it has never heard get less extreme
# scores. Many of them lie above that threshold, and the false-positive rate is many times what was promised.
# The recall on testing clips looks splendid, but for the same reason: at so low a threshold, the detector reacts
# to almost anything like "stop".
#
# More clips make a threshold more exact only if they are like those that will come. 1 % of clips that the
# network knows by heart says nothing about new voices.
#
# And choosing it on the testing clips? There the promise would be kept, of course: the threshold was made to
# keep it on exactly these clips. A number that cannot fail proves nothing about the next speaker. Choose on
# validation, measure on testing, and if validation is too small for the rate that you need, record more
# speakers.
#
# </details>
#
# ### At choice: `calibration_error`
#
# *25 minutes · medium · not graded*
#
# Does the network mean what it says? Of all clips for which it is 90 % sure, 90 % should be right: then it is
# **calibrated**. Sort the clips into `n_bins` bins of equal width by their confidence, 0 to 1. In each bin,
# compare the mean confidence with the share of right answers. The **expected calibration error** is the mean of
# the differences, where each bin counts as often as it has clips:
#
# $$E = \sum_b \frac{N_b}{N} \left| \text{share right}_b - \text{mean confidence}_b \right|$$
#
# A bin includes its lower limit; the last one includes 1 as well. Empty bins add nothing.
#
# <details><summary>Hint 1: the bins</summary>
#
# `(confidence * n_bins).astype(int)` is the number of the bin, except for a confidence of exactly 1.
#
# </details>
# <details><summary>Hint 2: the empty bins</summary>
#
# $N_b / N$ times a difference of means is a difference of sums, divided by $N$. Sums of nothing are 0.
#
# </details>

# %% [markdown] tags=["worked"]
# **A similar function, worked.** `rain_by_month` adds up what fell in each month, January as 0:
#
# ```python
# def rain_by_month(day_of_year, rain):
#     month = np.minimum((day_of_year / 365 * 12).astype(int), 11)
#     return np.array([rain[month == number].sum() for number in range(12)])
# ```
#
# `np.minimum` puts the very last moment of the year into December instead of a thirteenth month. A month without
# rain has the sum 0, while its mean would be `nan`.

# %% nbgrader={"grade_id": "calibration_error-solution", "solution": true}
def calibration_error(confidence, is_right, n_bins=10):
    """The expected calibration error: how far confidence and share of right answers lie apart.

    Args:
        confidence: the probability of the answer that was given, 0 to 1, shape (N,).
        is_right: was that answer right? Truth values, shape (N,).
        n_bins: the number of bins of equal width.

    Returns:
        One number from 0 to 1.
    """
    ### BEGIN SOLUTION
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    differences = [abs(np.sum(is_right[bins == k]) - np.sum(confidence[bins == k])) for k in range(n_bins)]
    return float(sum(differences) / len(confidence))
    ### END SOLUTION

# %% tags=["shows"]
check(calibration_error)

# %% tags=["shows"]
def print_calibration():
    for name, split in {"training": prepared.training, "validation": prepared.validation}.items():
        given = network.predict(split.x, verbose=0)
        confidence, is_right = given.max(axis=-1), given.argmax(axis=-1) == split.y
        print(f"{name:<11} mean confidence {confidence.mean():.1%}, right {is_right.mean():.1%}, "
              f"calibration error {calibration_error(confidence, is_right):.3f}")

print_calibration()

# %% [markdown]
# On training voices the network is as sure as it is right. On other voices it is much surer than right: it has
# never heard that it could be wrong. A temperature above 1 (lesson 02), chosen on the validation clips, would
# make it more modest. Its answers and its accuracy would stay the same.

# %% tags=["claim"]
is_right = validation_probabilities.argmax(axis=-1) == prepared.validation.y
cooler = validation_probabilities**0.4
cooler /= cooler.sum(axis=-1, keepdims=True)
error_now, error_cooler = (calibration_error(p.max(axis=-1), is_right) for p in (validation_probabilities, cooler))
too_sure = validation_probabilities.max(axis=-1).mean() - is_right.mean()
claim("On other voices it is much surer than right", too_sure > 0.15, too_sure)
claim("would make it more modest", error_cooler < error_now - 0.05, [round(error_now, 3), round(error_cooler, 3)])

# %% [markdown]
# ## Summary
#
# - Accuracy adds up rare and frequent cases. Where the keyword is rare, doing nothing scores high.
# - Four counts first: $tp$, $fp$, $tn$, $fn$. Recall and false-positive rate each live in one row; precision
#   mixes the rows, so it depends on how frequent the keyword is.
# - A rate of nothing out of nothing counts as 0.0 here. Look at the counts.
# - A confusion matrix is read row by row: what became of the clips of this word? The macro average counts
#   each class alike.
# - Every threshold is another detector. The ROC curve shows all of them; only the order of the scores
#   matters. The area under it is the share of pairs in the right order: 0.5 is chance, far below 0.5 usually
#   means a flipped sign.
# - The threshold depends on the use. Choose it on validation clips; never on clips that the network knows.
#
# Next: in lesson 04 the network learns to understand instead of learning by heart. You now have the numbers
# to tell whether it does.
#
# ## Further reading
#
# - Tom Fawcett: "An introduction to ROC analysis". *Pattern Recognition Letters* 27(8), 861-874, 2006.
# - James Hanley, Barbara McNeil: "The meaning and use of the area under a receiver operating characteristic
#   (ROC) curve". *Radiology* 143(1), 29-36, 1982.
# - Takaya Saito, Marc Rehmsmeier: "The precision-recall plot is more informative than the ROC plot when
#   evaluating binary classifiers on imbalanced datasets". *PLoS ONE* 10(3), e0118432, 2015.
# - Gerd Gigerenzer, Ulrich Hoffrage: "How to improve Bayesian reasoning without instruction: frequency
#   formats". *Psychological Review* 102(4), 684-704, 1995. Why the rare disease is easier in numbers of people.
# - scikit-learn: "Metrics and scoring: quantifying the quality of predictions". All of this, ready-made.
#   <https://scikit-learn.org/stable/modules/model_evaluation.html>
