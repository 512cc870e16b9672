// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// An order or a page that a list does not have.
public enum ListError: Error, Sendable, Hashable {
    case unknownKey(String, known: [String])
    /// The cursor is of another list.
    case otherList
}
