// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Directory
import Foundation
public import JSONDocuments
public import Ledger
public import Planning

/// Why a person has, or has not, a certificate, and what happens next.
public struct PersonAnswer: Sendable {
    public struct Answer: Sendable {
        public let template: String
        /// Nil for somebody whom the last plan of the template did not meet.
        public let standing: EnrolledPerson?
        /// The open order, else the one of the certificate in use, else the newest.
        public let order: Order?
        /// The certificate in use, else that of the order.
        public let certificate: CertificateRecord?
        public let sentences: [String]
        /// How the certificate stands on devices, as it was read last (`DeliveryStanding`); nil where nobody has asked Intune.
        public let delivery: String?
        /// What somebody has decided beside the group, in force or over; nil for nothing.
        public let exception: EnrollmentException?
        private let date: Date

        init(
            template: String, standing: EnrolledPerson?, order: Order?, certificate: CertificateRecord?,
            exception: EnrollmentException?, delivery: String?, at date: Date, sentences: [String]
        ) {
            (self.template, self.standing, self.order, self.certificate) = (template, standing, order, certificate)
            (self.exception, self.delivery, self.date) = (exception, delivery, date)
            let note = exception.map {
                $0.isInForce(at: date) ? $0.sentence : "\($0.sentence); that is over"
            }
            self.sentences =
                sentences
                + [note].compactMap(\.self).filter { note in
                    !sentences.contains { $0.contains(note) }
                }
        }

        /// With what can be done about it.
        public func json(with actions: [ObjectAction]) -> JSONValue {
            var value = json
            value["actions"] = actions.json
            return value
        }

        var json: JSONValue {
            var value: JSONValue = [
                "template": .string(template), "why": JSONValue(sentences),
                "status": JSONValue(standing?.status.rawValue), "concern": JSONValue(standing?.concern?.rawValue),
                "delivery": JSONValue(delivery),
                "order": .null, "certificate": .null, "exception": exception?.json(at: date) ?? .null,
            ]
            if let order {
                value["order"] = [
                    "reference": .string(order.reference), "stage": .string(order.stage.rawValue),
                    "backendCA": .string(order.backendCA), "product": .string(order.product),
                    "waitingFor": JSONValue(order.waitingFor), "held": JSONValue(order.isHeld),
                    "detail": JSONValue(order.standing),
                    "nextActionAt": JSONValue(order.nextActionAt?.ISO8601Format()),
                ]
            }
            if let certificate {
                value["certificate"] = [
                    "serialNumber": .string(certificate.serialNumber), "backendCA": .string(certificate.backendCA),
                    "notAfter": .string(certificate.notAfter.ISO8601Format()),
                    "status": .string(certificate.status.rawValue),
                    "emailAddresses": JSONValue(certificate.emailAddresses),
                ]
            }
            return value
        }
    }

    public let person: DirectoryPerson
    /// One for each template.
    public let answers: [Answer]
    /// Keys that are, or are to be, on the person's devices.
    public let keys: KeyHistoryAdministration.History

    public var json: JSONValue {
        [
            "userPrincipalName": .string(person.userPrincipalName), "id": .string(person.id),
            "displayName": JSONValue(person.displayName), "addresses": JSONValue(person.smtpAddresses),
            "templates": .array(answers.map(\.json)), "keys": keys.json["keys"] ?? [],
        ]
    }
}
