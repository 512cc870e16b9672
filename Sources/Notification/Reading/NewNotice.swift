// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store

/// A notice that is to be posted.
struct NewNotice: Sendable {
    let event: NoticeEvent
    let about: String
    let recipient: NoticeRecipient
    let values: [String: String]

    /// For whomever the configuration names.
    init(_ event: NoticeEvent, _ about: String, _ subscriberID: String?, _ values: [String: String]) {
        self.init(event, about, to: .configured(subscriberID: subscriberID), values)
    }

    init(_ event: NoticeEvent, _ about: String, to recipient: NoticeRecipient, _ values: [String: String]) {
        (self.event, self.about, self.recipient, self.values) = (event, about, recipient, values)
    }

    /// - Returns: whether it was posted now.
    @discardableResult
    func post(at date: Date, in connection: any SQLConnection) throws -> Bool {
        try NoticeOutbox.post(event: event, about: about, to: recipient, values: values, at: date, in: connection)
    }
}
