// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The known word nearest to a mistyped one, for "did you mean".
///
/// - Returns: the word with the fewest edits, if those are at most a third of its length; else nil.
public func nearest(_ word: String, in known: some Sequence<String>) -> String? {
    let scored = known.map { (word: $0, edits: edits(from: Array(word.lowercased()), to: Array($0.lowercased()))) }
    guard let best = scored.min(by: { $0.edits < $1.edits }), best.edits <= max(1, best.word.count / 3) else {
        return nil
    }
    return best.word
}

/// Edits are inserted, dropped and changed letters and swapped neighbours.
private func edits(from source: [Character], to target: [Character]) -> Int {
    var rowBefore: [Int] = []
    var row = Array(0...target.count)
    for (i, left) in source.enumerated() {
        var next = [i + 1]
        for (j, right) in target.enumerated() {
            var best = min(row[j + 1] + 1, next[j] + 1, row[j] + (left == right ? 0 : 1))
            if i > 0, j > 0, left == target[j - 1], source[i - 1] == right { best = min(best, rowBefore[j - 1] + 1) }
            next.append(best)
        }
        (rowBefore, row) = (row, next)
    }
    return row[target.count]
}
