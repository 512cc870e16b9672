// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Comma-separated values for spreadsheets (RFC 4180).
public enum CSVText {
    /// What a spreadsheet takes for the beginning of a formula; the wide forms are read so in East Asia.
    private static let formulas: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"]

    /// One record with its end. A cell that a spreadsheet would compute has an apostrophe before it, which makes it text.
    public static func record(_ cells: [String]) -> String { cells.map(cell).joined(separator: ",") + "\r\n" }

    /// By scalars and not by what Swift takes for characters: to every reader, a quote with a combining mark behind it is a quote.
    private static func cell(_ text: String) -> String {
        let isFormula = text.unicodeScalars.first.map(formulas.contains) ?? false
        let visible = (isFormula ? "'" : "") + VisibleText.line(text)
        guard visible.unicodeScalars.contains(where: { $0 == "," || $0 == "\"" }) else { return visible }
        return "\"" + visible.replacingOccurrences(of: "\"", with: "\"\"", options: .literal) + "\""
    }
}
