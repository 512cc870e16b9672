// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The known word nearest to a mistyped one, for "did you mean".
///
/// - Returns: the word with the fewest edits (Levenshtein), if those are at most a third of its length; else nil.
public func nearest(_ word: String, in known: some Sequence<String>) -> String? {
    let scored = known.map { (word: $0, edits: edits(from: Array(word.lowercased()), to: Array($0.lowercased()))) }
    guard let best = scored.min(by: { $0.edits < $1.edits }), best.edits <= max(1, best.word.count / 3) else {
        return nil
    }
    return best.word
}

private func edits(from source: [Character], to target: [Character]) -> Int {
    var row = Array(0...target.count)
    for (i, left) in source.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, right) in target.enumerated() {
            let above = row[j + 1]
            row[j + 1] = min(above + 1, row[j] + 1, diagonal + (left == right ? 0 : 1))
            diagonal = above
        }
    }
    return row[target.count]
}
