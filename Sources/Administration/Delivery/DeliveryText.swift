// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// A reading of a delivery in sentences, for commands and for 'why'.
public enum DeliveryText {
    /// - Parameter reading: as `DeliveryAdministration` gives it; nil where Intune was never asked.
    /// - Returns: one sentence for the standing, one for each fault, and one for each gap.
    public static func sentences(_ reading: JSONValue?) -> [String] {
        guard let reading else {
            return ["issued; whether it is on a device is unknown: 'certway delivery check' asks Intune"]
        }
        let at = reading["readAt"]?.string ?? "?"
        let standing =
            switch reading["standing"]?.string {
            case "usable": "usable: a device has reported it"
            case "waiting": "handed to Intune; no device has reported it yet, so whether it is usable is unknown"
            case "faulty": "issued, and not usable as it should be"
            case "notDelivered": "issued, and not handed to Intune yet"
            default: "issued; whether it is usable is unknown"
            }
        let faults = (reading["faults"]?.array ?? []).map { fault in
            "\(fault["fault"]?.string ?? "?"): \(fault["cause"]?.string ?? "?"); next: \(fault["nextStep"]?.string ?? "?")"
        }
        let gaps = (reading["unknown"]?.array ?? []).map { gap in
            "unknown: \(gap["what"]?.string ?? "?") (\(gap["reason"]?.string ?? "?"))"
        }
        return ["\(standing) (read \(at))"] + faults + gaps
    }
}
