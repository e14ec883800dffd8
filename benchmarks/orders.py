"""One 3-line purchase order after another, in X12 004010, each with its own numbers: what the benchmarks send."""

from __future__ import annotations

from datetime import date, timedelta

LINES = 3


def purchase_order(number: int, *, today: date, usage: str = "P") -> bytes:
    """Return one interchange with one 850 of three lines.

    ``number`` makes the interchange, group and order numbers; the order asks for delivery 120 days
    after ``today``, which every item's lead time allows.
    """
    due = f"{today + timedelta(days=120):%Y%m%d}"
    day, short = f"{today:%Y%m%d}", f"{today:%y%m%d}"
    lines = "".join(
        f"PO1*{line}0*100*EA*12.35*CT*BP*AC-1001*EC*D*VP*CM-77-1001*UK*00703206980498~"
        "PID*F****Catheter hub assembly, sterile~REF*ACK*C~REF*QC*SPEC-1001~"
        f"SCH*40*EA***002*{due}~SCH*60*EA***002*{due}~"
        for line in range(1, LINES + 1)
    )
    body = (
        f"BEG*00*SA*P{number:09d}**{day}*BPA-2026-017~CUR*BY*USD~REF*CO*PRJ-771~"
        "PER*BD*Purchasing*TE*6125550100*EM*buyer@oem.example~FOB*CC*ZZ*SHIPPER DOCK~ITD*01*3*****45~"
        f"DTM*002*{due}~N9*ZZ*QA-REQ~MSG*CoC and sterilization record required with every shipment~"
        "N1*BY*Acme Cardio Inc*1*123456789~N1*ST*Acme DC Memphis*92*DC04~N3*100 Hub Way~N4*Memphis*TN*38118*US~"
        f"{lines}CTT*{LINES}*300~AMT*TT*3705~"
    )
    count = body.count("~") + 2
    return (
        f"ISA*00*          *00*          *01*123456789      *ZZ*MEDCM          *{short}*1200*U*00401*{number:09d}"
        f"*0*{usage}*>~GS*PO*123456789*MEDCM*{day}*1200*{number}*X*004010~"
        f"ST*850*0001~{body}SE*{count}*0001~GE*1*{number}~IEA*1*{number:09d}~"
    ).encode()
