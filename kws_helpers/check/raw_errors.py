"""What NumPy, Keras or Python meant by an error, in a sentence."""

import re

_MEANINGS = [(re.compile(pattern), meaning) for pattern, meaning in [
    (r"operands could not be broadcast.* shapes (\(\S*\)) (\(\S*\))",
     "arrays of the shapes {0} and {1} do not fit together: counted from the last axis, sizes must be equal or 1"),
    (r"could not broadcast input array from shape (.+) into shape (.+)",
     "an array of shape {0} does not fit into a place of shape {1}"),
    (r"matmul: Input operand 1 has a mismatch.*size (\d+) is different from (\d+)",
     "for `a @ b` the last axis of a must be as long as the first of b; they are {1} and {0}"),
    (r"shapes (\(.*\)) and (\(.*\)) not aligned",
     "for a product of matrices the last axis of {0} must be as long as the first of {1}"),
    (r"matmul: Input operand (\d) does not have enough dimensions", "`@` needs arrays, and one of the two is a number"),
    (r"axis (-?\d+) is out of bounds for array of dimension (\d+)",
     "there is no axis {0} in an array with {1} axes; axes are counted from 0, and -1 is the last"),
    (r"too many indices for array: array is (\d+)-dimensional, but (\d+)",
     "more places are named between the brackets than the array has axes: {1}, and it has {0}"),
    (r"index (-?\d+) is out of bounds for axis \d+ with size 0", "the array is empty: it has no index {0}"),
    (r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)",
     "index {0} is too large: axis {1} has {2} places, counted from 0"),
    (r"boolean index did not match", "a mask of truth values must be as long as the array that it picks from"),
    (r"(list|tuple|string) index out of range", "the {0} has no place with that number; the first is 0"),
    (r"^KeyError: (.+)", "the dict has no key {0}"),
    (r"not all arguments converted during string formatting",
     "`%` has a text on its left, and no number. int(text) makes one of it, int(text, 16) of hexadecimal digits"),
    (r"Strings must be encoded before hashing", "a hash is computed from bytes, and text.encode() gives them"),
    (r"invalid literal for int\(\) with base 10",
     "the text is no whole number. int(text, 16) reads hexadecimal digits"),
    (r"ufunc 'bitwise_xor' not supported|for \^: 'float'", "`^` is no power in Python; x**2 is a square"),
    (r"'(?:float|int|numpy\.\w+)' object is not iterable", "a single number came, and a loop needs an array or a list"),
    (r"invalid literal for int\(\) with base 16",
     "those are no hexadecimal digits. hexdigest() gives them, and digest() gives bytes"),
    (r"int\(\) can't convert non-string with explicit", "int(…, 16) reads a text: that of a hash is its hexdigest()"),
    (r"too large to convert to C", "the number is too large for NumPy. Python's own int has no limit"),
    (r"only integer scalar arrays can be converted to a scalar index",
     "a whole number is needed there, and a whole array came. np.concatenate and np.stack take all arrays in one list"),
    (r"only (?:length-1|0-dimensional) arrays can be converted",
     "a single number is needed there, and a whole array came. Functions of `math` take one number; NumPy's, such as "
     "np.sqrt, take arrays"),
    (r"setting an array element with a sequence\.?$", "a place of an array holds one number, and a whole array "
                                                      "is put into it. Is a np.sum missing?"),
    (r"inhomogeneous shape", "the rows of the list have different lengths, so they cannot become one array"),
    (r"truth value of an (?:empty )?array",
     "`if`, `and`, `or` and `not` need a single truth value, and so do Python's own max() and min(); an array holds "
     "many. Use &, | and ~, with brackets around each comparison, or .any() and .all(); or np.max and np.min"),
    (r"zero-size array to reduction|of an empty sequence",
     "nothing is left to take the largest or smallest of: the array is empty"),
    (r"unhashable type: '(?:numpy\.)?(\w+)'",
     "{0} cannot be the key of a dict or an item of a set; numbers, texts and tuples can"),
    (r"unsupported operand type\(s\) for (\S+): 'NoneType'|for (\S+): '.*' and 'NoneType'",
     "one of the two values is None. Did a function above forget its `return`, was it set to None, or is it the first "
     "number of a layer's shape, which shape[1:] leaves out?"),
    (r"unsupported operand type\(s\) for (\S+)(?: or pow\(\))?: '(list|tuple)'|for (\S+): '.*' and '(list|tuple)'|"
     r"can(?:'|no)t multiply sequence by non-int|can only concatenate list",
     "Python cannot calculate with a whole list or tuple. Make an array of it first, np.array(…), or take its numbers "
     "one by one"),
    (r"can only concatenate tuple", "a tuple grows by another tuple: (*pair, 1), or pair + (1,)"),
    (r"cannot unpack non-iterable (\w+)", "something of type {0} came where several values are needed, and it "
                                          "cannot be taken apart"),
    (r"'(\w+)' object is not subscriptable", "something of type {0} has no parts that x[0] could name"),
    (r"append\(\) takes exactly one argument", "append takes one thing. A pair has brackets of its own: "
                                               "append((a, b))"),
    (r"'NoneType' object (?:has no attribute|is not)|, not NoneType",
     "a value is None there. Did a function above forget its `return`? (Methods such as list.append and list.sort "
     "return None.)"),
    (r"missing \d+ required .*arguments?: (.+)", "a function is called without {0}"),
    (r"Layer\.__init__\(\) takes 1 positional",
     "settings of a layer need their names. keras.Model takes two places: keras.Model(inputs, outputs)"),
    (r"Cannot convert '(\d+)' to a shape", "a shape is a tuple, with brackets of its own: (49, 40) or (49,)"),
    (r"takes (.+) positional arguments? but (\d+)",
     "a function that takes {0} arguments without a name is called with {1}. Others need theirs: name=value"),
    (r"high <= (?:low|0)", "rng.integers(a, b) draws from a to b - 1, so b must be larger than a"),
    (r"slice indices must be integers", "the places of a slice are whole numbers: int(…), or // in place of /"),
    (r"negative dimensions are not allowed", "an array cannot have fewer than 0 places"),
    (r"need at least one array", "there is no array to join: the list is empty"),
    (r"'(\w+)' object is not callable", "something of type {0} is called like a function. Is a bracket too many, or a "
                                       "function's name used for a variable?"),
    (r"'numpy\.ndarray' object has no attribute '(\w+)'", "an array has no `{0}`. Lists have other methods, and "
                                                         "a module may have the array's name"),
    (r"'(?:\w+\.)*(\w+)' object has no attribute '(\w+)'",
     "something of type {0} has no `{1}`. Is it misspelt, or do only others have it?"),
    (r"local variable '(\w+)'", "`{0}` is used before anything was put into it"),
    (r"unexpected keyword argument '(\w+)'|Unrecognized keyword arguments passed to \w+: \{'(\w+)'",
     "what is called has no argument `{0}`. Is it misspelt, or not needed?"),
    (r"module '(\S+)' has no attribute '(\w+)'|No (\w+) attribute (\w+)",
     "there is nothing called `{1}` in {0}. Is it misspelt?"),
    (r"name '(\w+)' is not defined", "nothing is called `{0}` here. Is it misspelt, or its cell not run?"),
    (r"could not convert string to float|did not contain a loop with signature.*<U",
     "NumPy cannot calculate with text"),
    (r"Cannot cast ufunc .* output from dtype\('?(\w+)'?\) to dtype\('?(\w+)",
     "an array of type {1} cannot take results of type {0} in place; write x = x - y rather than x -= y"),
    (r"KerasTensor cannot be used as input to a TensorFlow|cannot convert a symbolic|KerasTensor.*NumPy",
     "inside a network there are no numbers yet, so NumPy's functions cannot be used on its tensors. Use layers or "
     "keras.ops"),
    (r"expected axis (\S+) of input shape to have value (\d+), but received input with shape (.+)",
     "a layer was built for {1} values along axis {0}, and gets an input of shape {2}"),
    (r"expected (?:min_)?ndim=(\d+), found (?:min_)?ndim=(\d+)",
     "a layer needs an input with {0} axes (clips included) and gets one with {1}"),
    (r"output size would be zero or negative|Negative dimension size",
     "a kernel or tile is larger than what is left of the input there. Make it smaller less often, or use "
     'padding="same"'),
    (r"Could not interpret activation function identifier: (.+)",
     'Keras knows no activation called "{0}"; their names are in small letters, such as "relu" and "softmax"'),
    (r"Could not interpret regularizer identifier: (.+)",
     "a penalty is made by keras.regularizers.L2(strength), and {0} came"),
    (r"too many positional arguments$", "a layer takes its input alone. Add takes a list: Add()([one, other])"),
    (r"object of type '(\w+)' has no len", "something of type {0} has no length"),
    (r"`padding` argument must be", 'Keras knows padding="same" and padding="valid" in convolutions and pooling'),
    (r"Only instances of `?keras.Layer", "one thing in the list is no layer. Are the brackets after its name missing, "
                                         "as in keras.layers.Flatten()?"),
    (r"the layer isn't built", "a layer has no weights before it knows its input. Put it into a network with an Input"),
    (r"not supported between instances of '(\w+)' and '(\w+)'",
     "something of type {0} is compared with something of type {1}. Are the arguments in the right order?"),
    (r"Found invalid dimension '(\d+\.\d*)'", "a layer's size must be a whole number, and {0} came: use int(…)"),
    (r"KerasTensor cannot be used as a boolean|^A KerasTensor is symbolic",
     "a tensor of the network is used as a setting or in an `if`. A layer is made first and called then: "
     "keras.layers.ReLU()(x)"),
    (r"inputs have incompatible shapes|same shape.*merge|Received shapes (.+) and (.+)",
     "a layer that adds or joins its inputs gets two of different shapes"),
    (r"incompatible (?:with the layer|shapes?)", "the shape of an input is not the one that a layer was built for"),
    (r"`Concatenate` layer requires|array dimensions except for the concatenation|input arrays must have the same",
     "what is joined differs in another axis than the one it is joined along"),
    (r"cannot reshape array of size (\d+) into shape (.+)", "{0} numbers do not fill the shape {1}"),
    (r"total size of the tensor must be unchanged", "a reshaped input must keep its number of values"),
    (r"Only input tensors may be passed as positional",
     "a layer is called with something that is no tensor: it is layer(settings)(input)"),
    (r"arrays used as indices must be of integer", "places in an array are whole numbers: .astype(int)"),
    (r"Cannot cast array data from .*float.* to .*int", "whole numbers are needed there, and floats came"),
    (r"'(?:numpy\.)?float(?:64)?' object cannot be interpreted as an integer",
     "a whole number is needed there; // gives one, / a float"),
    (r"Cannot interpret '\d+' as a data type", "sizes or axes are one argument, with their own brackets: "
                                                   "np.zeros((3, 2)), np.mean(x, axis=(0, 1))"),
    (r"numpy boolean (?:negative|subtract)", "NumPy does not subtract truth values. Turn them round with ~, compare "
                                            "them with !=, or make numbers of them: .astype(int)"),
    (r"(?:too many|not enough) values to unpack \(expected (\d+)", "{0} values are expected on the right of the ="),
    (r"must call `?compile", "the network was not compiled: network.compile(…) comes before fit and evaluate"),
    (r"int too large to convert to float|Numerical result out of range|math range error",
     "a number is too large for a float, which ends at about 10**308. Go from one term to the next, step by step"),
    (r"divi(?:sion|de) by zero|modulo by zero", "the number below the line is 0"),
]]


def meaning(text: str) -> str:
    """Return what an error's text says in plain words, "" for one that is not in the table."""
    for pattern, words in _MEANINGS:
        if found := pattern.search(text):
            return words.format(*[one.strip() for one in found.groups() if one], *["?"] * 3)
    return ""


def in_words(error: BaseException, place: str = "") -> str:
    """Return the meaning of an error with its own words, and the place where it came up, in brackets."""
    text = re.sub(r"\x1b\[[0-9;]*m|Exception encountered when calling \S+|Arguments received by [\s\S]*", "",
                  str(error))
    text = " ".join(text.split())
    own = type(error).__name__ + (f": {text[:200].rstrip('.')}" if text else "")
    said = meaning(f"KeyError: {text}" if isinstance(error, KeyError) else text)
    brackets = "; ".join(filter(None, [own if said else "", place]))
    return (said or own) + (f" ({brackets})" if brackets else "")
