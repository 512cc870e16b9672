// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface

/// What the demo says in plain words.
struct DemoText {
    let connector: String
    let folder: String?

    func beginning(users: Int) -> String {
        """
        A sandbox tenant with \(users) people in one Entra group is running on this machine, and a CA that speaks like \
        \(connector). Nothing leaves this machine.
        """
    }

    func end(_ result: DemoResult) -> String {
        var lines = [
            "",
            "  \(result.users) people are in the group",
            "  \(result.ordersAtCA) orders are at the CA, one for each person",
            "  \(result.issued) certificates came back, each compared with what was asked",
            "  \(result.archived) private keys are in the archive, each opened with the recovery agent's key",
            "  \(result.delivered) PFX files lie in Intune",
            "  \(result.opened) of them were opened as the Intune connector does, key and certificate match",
            "",
        ]
        let duration = String(Double(Int(result.seconds * 10)) / 10)
        lines.append(
            result.isComplete
                ? "Every person has one certificate, on every device. It took \(duration) seconds."
                : "Something is missing after \(duration) seconds:")
        lines += result.problems.prefix(10).map { "  \($0)" }
        if let folder {
            lines.append("The gateway is kept in \(folder); look around: certway --home \(folder)/home order list")
        } else {
            lines.append("Run it again with --keep DIR to look around in the gateway afterwards.")
        }
        return lines.joined(separator: "\n")
    }
}
