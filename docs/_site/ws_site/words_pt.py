"""The words in Portuguese."""

from __future__ import annotations

from reference_ws.conformance.events import MemoryOnly, WireOnly

from .vocabulary import Words

__all__ = ["WORDS"]

WORDS = Words(
    conversation="Conversa",
    client="cliente",
    application="aplicação",
    server="servidor",
    to_client="para {}",
    connects="liga-se",
    accepts="aceita",
    text="texto",
    binary="binário",
    json="JSON",
    closes="fecha",
    without_code="sem código",
    disconnects="desaparece",
    without_close="sem frame Close",
    code="código {}",
    denies="recusa",
    requests="pede",
    responds="responde",
    starts_up="arranca",
    shuts_down="encerra",
    complete="está pronta",
    failed="falha",
    hands_over="o servidor entrega",
    returns="retorna",
    raises="lança",
    server_raises="o servidor lança {} em vez de enviar",
    server_refuses="nenhum servidor o pode passar adiante",
    sends="envia a mensagem",
    pings="ping",
    pongs="o servidor responde ao ping",
    in_frames="em {} frames",
    on_the_wire="na rede: {}",
    or_="ou",
    ran_app="Executado em memória com asyncio e trio, e em uvicorn.",
    ran_in_memory="Executado em memória com asyncio e trio.",
    ran_script="Executado.",
    ran_python_client="Executado contra a primeira aplicação desta página, em uvicorn.",
    ran_browser_client=(
        "Executado no Chromium contra a primeira aplicação desta página, em uvicorn."
    ),
    memory_only="Só em memória: {}.",
    partly_memory_only="{} de {} conversas só em memória: {}.",
    reasons={
        MemoryOnly.NO_APP: "não há aplicação para servir",
        MemoryOnly.HAND_MADE_MESSAGE: (
            "uma mensagem é feita à mão e nenhum cliente a pode provocar"
        ),
        MemoryOnly.CHANGED_SCOPE: "o scope é alterado à mão",
        MemoryOnly.REFUSED_SEND: (
            "nenhum cliente pode escolher o momento em que um servidor rejeita um envio"
        ),
        MemoryOnly.DISCONNECT_CODE: "o código de uma conexão perdida é escolha do servidor",
        MemoryOnly.LIFESPAN: "um servidor arranca e encerra uma só vez para todos os exemplos",
    },
    ran_on_the_wire="Executado em uvicorn.",
    wire_reasons={
        WireOnly.CONTROL_FRAME: "os frames de controlo são assunto do servidor",
        WireOnly.NOT_UTF_8: "nenhuma mensagem pode conter texto que não seja UTF-8",
    },
    download="Descarregar",
    levels={"must": "DEVE", "should": "DEVERIA", "may": "PODE", "info": "INFO"},
    level_titles={
        "must": "A especificação ASGI, o RFC 6455 ou todos os sistemas documentados o prometem",
        "should": "O que uma boa implementação faz para além disso",
        "may": "Uma opção",
        "info": "Observado; não há resposta certa",
    },
    state="Estado",
    refused="rejeitada",
    name="Nome",
    value="Valor",
    may_be_sent="Pode ser enviado?",
    yes="sim",
    received_only="não, só recebido",
    requirement="Requisito",
    level="Nível",
    page="Página",
    count="Número",
    total="Todos",
    not_found="Esta página não existe",
    not_found_where="O site começa aqui:",
    stale="O original inglês desta secção mudou e a tradução ainda não foi revista.",
)
