// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// Why a body part of a message fails.
struct CMCRefusal: Error, Sendable {
    let info: CMCFailInfo
    let text: String?
    /// Ids of body parts, where they are others than the one in hand.
    var bodyParts: [UInt32]?

    init(_ info: CMCFailInfo, _ text: String?, bodyParts: [UInt32]? = nil) {
        self.info = info
        self.text = text
        self.bodyParts = bodyParts
    }

    func status(of bodyPart: UInt32) -> CMCStatus {
        CMCStatus(
            .failed, bodyList: (bodyParts ?? [bodyPart]).map { .id($0) }, text: text, otherInfo: .failInfo(info))
    }
}
