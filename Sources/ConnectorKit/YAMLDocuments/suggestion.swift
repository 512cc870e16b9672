// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The hint of a diagnostic: the nearest word or, if none is near, all of them.
public func suggestion(for word: String, in candidates: [String]) -> String {
    if let near = nearest(word, in: candidates) { return "did you mean \(near)?" }
    return candidates.isEmpty ? "nothing is known here" : "known: " + candidates.joined(separator: ", ")
}
