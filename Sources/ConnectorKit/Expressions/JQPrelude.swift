// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Definitions in front of every program that replace those of jq 1.6 which work too long at once to be stopped, or end
/// the process, for certain values; for all others they give the same. Those that make numbers of text refuse what a double
/// would change, because the text may be an id: `nan` comes first in jq's order of numbers and counts as that, too.
enum JQPrelude {
    /// One line, so that line numbers of programs stay easy to count.
    static let text = """
        def __multiply(a;b): a*b; \
        def _multiply(a;b): b as $__b | a as $__a \
        | if ($__a|type) == "string" and ($__b|type) == "number" and $__b * ($__a|utf8bytelength) > 10000000 \
        then error("Cannot be multiplied because text too large") else __multiply($__a;$__b) end; \
        def __setpath($p;$v): setpath($p;$v); \
        def setpath($p;$v): if ($p|type) == "array" and any($p[]; type == "number" and . > 1000000) \
        then error("Cannot update element out of bounds") else __setpath($p;$v) end; \
        def _assign(paths;$v): reduce path(paths) as $p (.; setpath($p;$v)); \
        def _modify(paths;update): reduce path(paths) as $p (.; label $out \
        | (setpath($p; getpath($p)|update) | ., break $out), delpaths([$p])); \
        def __refuse: error("Cannot be parsed as a number because it has more digits than are kept, use it as text"); \
        def __wide: . >= 9007199254740992 or . <= -9007199254740992; \
        def __digits: explode | map(select(. > 47 and . < 58)) | until(.[0] != 48; .[1:]) | length; \
        def __tonumber: tonumber; \
        def tonumber: . as $__t | __tonumber | if type == "number" and ($__t|type) == "string" and (__wide \
        or tostring != $__t and (. as $__n | $__t | __digits | . > 15 or . > 0 and $__n == 0)) \
        then __refuse else . end; \
        def __fromjson: fromjson; \
        def fromjson: __fromjson | if any(..; type == "number" and __wide) then __refuse else . end; \
        def __indices($i): indices($i); \
        def indices($i): if $i == "" then null else __indices($i) end; \
        def index($i): indices($i) | .[0]; \
        def rindex($i): indices($i) | .[-1:][0]; \
        def __seconds: if type == "number" and (. > 1e11 or . < -1e11) \
        then error("Cannot use number out of bounds") else . end; \
        def __strftime($f): strftime($f); \
        def strftime($f): __seconds | __strftime($f); \
        def todateiso8601: strftime("%Y-%m-%dT%H:%M:%SZ"); \
        def todate: todateiso8601; \
        def date: todate;
        """
}
