// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import DeliveryProof
public import JSONDocuments

/// A reading of a delivery in sentences, for commands and for 'why'.
public enum DeliveryText {
    /// The first thing that keeps a certificate from being usable, with the next step; nil where nothing does, or nobody knows.
    public static func fault(_ reading: JSONValue?) -> String? {
        guard isFaulty(reading) else { return nil }
        return reading?["faults"]?.array?.first { $0["fault"]?.string != LastMileFault.throttled.rawValue }.map(words)
    }

    /// Whether the last reading has found something wrong.
    public static func isFaulty(_ reading: JSONValue?) -> Bool {
        reading?["standing"]?.string == DeliveryStanding.faulty.rawValue
    }

    private static func words(_ fault: JSONValue) -> String {
        "\(fault["cause"]?.string ?? "?"); next: \(fault["nextStep"]?.string ?? "?")"
    }

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
        let faults = (reading["faults"]?.array ?? []).map(words)
        let gaps = (reading["unknown"]?.array ?? []).map { gap in
            "unknown: \(gap["what"]?.string ?? "?") (\(gap["reason"]?.string ?? "?"))"
        }
        return ["\(standing) (read \(at))"] + faults + gaps
    }
}
