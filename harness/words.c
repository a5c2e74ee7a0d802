/* SPDX-License-Identifier: MIT */
/* Lists of names and signs that the case language knows. */
#include "harness/words.h"

#include <string.h>

bool words_has(const char *const *list, const char *text, size_t length)
{
    for (; *list; list++)
        if (strlen(*list) == length && !memcmp(*list, text, length))
            return true;
    return false;
}

/* clang-format off */
const char *const words_operators[] = {
    "...", "**=", "//=", ">>=", "<<=", "**", "//", ">>", "<<", "==", "!=", "<=", ">=", "->", ":=", "+=", "-=", "*=", "/=", "%=", "@=", "&=", "|=", "^=",
    "+", "-", "*", "/", "%", "@", "&", "|", "^", "~", "<", ">", "(", ")", "[", "]", "{", "}", ",", ":", ".", ";", "=", NULL,
};

const char *const words_keywords[] = {
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try",
    "while", "with", "yield", NULL,
};

const char *const words_actions[] = {
    "len", "str", "repr", "bool", "list", "tuple", "dict", "set", "frozenset", "sorted", "iter", "next", "reversed", "type", "copy", "deepcopy",
    "repickle", NULL,
};

const char *const words_builtins[] = {
    "abs", "aiter", "all", "anext", "any", "ascii", "bin", "bool", "breakpoint", "bytearray", "bytes", "callable", "chr", "classmethod", "compile",
    "complex", "delattr", "dict", "dir", "divmod", "enumerate", "eval", "exec", "filter", "float", "format", "frozendict", "frozenset", "getattr",
    "globals", "hasattr", "hash", "hex", "id", "input", "int", "isinstance", "issubclass", "iter", "len", "list", "locals", "map", "max",
    "memoryview", "min", "next", "object", "oct", "open", "ord", "pow", "print", "property", "range", "repr", "reversed", "round", "sentinel",
    "set", "setattr", "slice", "sorted", "staticmethod", "str", "sum", "super", "tuple", "type", "vars", "zip", NULL,
};

const char *const words_exceptions[] = {
    "ArithmeticError", "AssertionError", "AttributeError", "BaseException", "BaseExceptionGroup", "BlockingIOError", "BrokenPipeError",
    "BufferError", "BytesWarning", "ChildProcessError", "ConnectionAbortedError", "ConnectionError", "ConnectionRefusedError",
    "ConnectionResetError", "DeprecationWarning", "EOFError", "EncodingWarning", "Exception", "ExceptionGroup", "FileExistsError",
    "FileNotFoundError", "FloatingPointError", "FutureWarning", "GeneratorExit", "ImportCycleError", "ImportError", "ImportWarning",
    "IndentationError", "IndexError", "InterruptedError", "IsADirectoryError", "KeyError", "KeyboardInterrupt", "LookupError", "MemoryError",
    "ModuleNotFoundError", "NameError", "NotADirectoryError", "NotImplementedError", "OSError", "OverflowError", "PendingDeprecationWarning",
    "PermissionError", "ProcessLookupError", "PythonFinalizationError", "RecursionError", "ReferenceError", "ResourceWarning", "RuntimeError",
    "RuntimeWarning", "StopAsyncIteration", "StopIteration", "SyntaxError", "SyntaxWarning", "SystemError", "SystemExit", "TabError",
    "TimeoutError", "TypeError", "UnboundLocalError", "UnicodeDecodeError", "UnicodeEncodeError", "UnicodeError", "UnicodeTranslateError",
    "UnicodeWarning", "UserWarning", "ValueError", "Warning", "ZeroDivisionError", NULL,
};

const char *const words_reserved[] = {
    "manager", "reduced", "instance", "hand", "until", "copy", "deepcopy", "repickle", "Ellipsis", "NotImplemented", NULL,
};

const char *const words_fixtures[] = {
    "Echo", "Constructed", "Refusing", "Raiser", "Unpicklable", "Maker", "Echo2", "Shared", "Wrapper", "Hidden", "Child", "Counter", "Printable",
    "Unprintable", "Singleton", "Narrow", "Maths", "Foo1", "Foo2", "baz", "operator", NULL,
};
/* clang-format on */
