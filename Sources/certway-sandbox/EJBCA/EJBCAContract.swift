// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The part of the EJBCA web service that the sandbox imitates (wire/soap.md section 5).
enum EJBCAContract {
    private static let exceptions = [
        "AuthorizationDeniedException", "NotFoundException", "UserDoesntFullfillEndEntityProfile",
        "CADoesntExistsException", "ApprovalException", "AlreadyRevokedException",
    ]

    static let contract = SOAPContract(
        service: "EjbcaWSService", port: "EjbcaWS", namespace: "http://ws.protocol.core.ejbca.org/",
        isQualified: false, versions: [.v11], actionPrefix: nil,
        types: [
            ("extendedInformationWS", SOAPField.all("name? value?")),
            (
                "userDataVOWS",
                SOAPField.all(
                    "caName? cardNumber? certificateProfileName? certificateSerialNumber:integer? clearPwd:boolean email? "
                        + "endEntityProfileName? endTime? extendedInformation:extendedInformationWS* "
                        + "hardTokenIssuerName? keyRecoverable:boolean password? sendNotification:boolean startTime? "
                        + "status:int subjectAltName? subjectDN? tokenType? username?")
            ),
            ("certificateResponse", SOAPField.all("data:base64Binary? responseType?")),
            ("certificate", SOAPField.all("certificateData:base64Binary? keyStore? type?")),
            (
                "revokeStatus",
                SOAPField.all("certificateSN? issuerDN? reason:int revocationDate:dateTime?")
            ),
            ("errorCode", SOAPField.all("internalErrorCode?")),
            ("nameAndId", SOAPField.all("id:int name?")),
            ("userMatch", SOAPField.all("matchtype:int matchvalue? matchwith:int")),
        ],
        faults: exceptions.map { ($0, SOAPField.all("message?")) } + [
            ("EjbcaException", SOAPField.all("errorCode:errorCode? message?")),
            ("WaitingForApprovalException", SOAPField.all("approvalId:int message?")),
        ],
        operations: [
            .init(
                "certificateRequest", "arg0:userDataVOWS? arg1? arg2:int arg3? arg4?",
                returns: "return:certificateResponse?"),
            .init("pkcs10Request", "arg0? arg1? arg2? arg3? arg4?", returns: "return:certificateResponse?"),
            .init("editUser", "arg0:userDataVOWS?", returns: ""),
            .init("findUser", "arg0:userMatch?", returns: "return:userDataVOWS*"),
            .init("findCerts", "arg0? arg1:boolean", returns: "return:certificate*"),
            .init("getLastCAChain", "arg0?", returns: "return:certificate*"),
            .init("getLastCertChain", "arg0?", returns: "return:certificate*"),
            .init("revokeCert", "arg0? arg1? arg2:int", returns: ""),
            .init("revokeCertBackdated", "arg0? arg1? arg2:int arg3?", returns: ""),
            .init("checkRevokationStatus", "arg0? arg1?", returns: "return:revokeStatus?"),
            .init("revokeUser", "arg0? arg1:int arg2:boolean", returns: ""),
            .init("getAvailableCAs", "", returns: "return:nameAndId*"),
            .init("getEjbcaVersion", "", returns: "return?"),
        ])
}
